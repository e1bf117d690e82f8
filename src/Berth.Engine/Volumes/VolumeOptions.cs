using System.Net;
using System.Net.Sockets;
using Berth.Linux;
using Berth.Linux.Mounts;

namespace Berth.Engine.Volumes;

/// <summary>Driver options of the local driver: a volume that is a file system of its own, mounted while it is used.</summary>
/// <remarks><c>type</c>, <c>device</c> and <c>o</c> as mount(8) has them. moby 28: volume/local/local_unix.go.</remarks>
internal static class VolumeOptions
{
    /// <summary>An option, and what must stand beside it.</summary>
    private static readonly (string Option, string[] Needs)[] Mandatory = [("device", ["type"]), ("type", ["device"]), ("o", ["device", "type"])];

    /// <exception cref="EngineException">InvalidParameter.</exception>
    public static void Check(string volume, IReadOnlyDictionary<string, string> options)
    {
        foreach (string option in options.Keys)
        {
            if (option is not ("type" or "o" or "device" or "size"))
            {
                throw VolumeErrors.InvalidOption(volume, option);
            }
        }

        if (options.ContainsKey("size"))
        {
            throw VolumeErrors.NoQuota(volume);
        }

        foreach ((string option, string[] needs) in Mandatory)
        {
            if (options.ContainsKey(option) && needs.FirstOrDefault(need => !options.ContainsKey(need)) is { } missing)
            {
                throw VolumeErrors.MissingOption(volume, missing);
            }
        }
    }

    public static bool NeedMount(IReadOnlyDictionary<string, string>? options) => options?.ContainsKey("device") is true;

    /// <exception cref="EngineException">The kernel's reason, in Docker's sentence.</exception>
    public static async Task MountAsync(IReadOnlyDictionary<string, string> options, string path, CancellationToken ct)
    {
        string type = options["type"];
        string device = options["device"];
        string data = options.GetValueOrDefault("o", "");
        try
        {
            string[] words = data.Split(',', StringSplitOptions.RemoveEmptyEntries);
            for (int i = 0; i < words.Length; i++)
            {
                words[i] = await WithAddressAsync(words[i], ct).ConfigureAwait(false);
            }

            MountCalls.Mount(new Mount(type, device, words), path);
        }
        catch (LinuxException e)
        {
            throw VolumeErrors.MountFailed(device, path, MountOptions.Parse(data.Split(',')), e.Reason);
        }
        catch (SocketException e)
        {
            throw new EngineException(ErrorKind.System, $"error resolving passed in network volume address: {e.Message}", e);
        }
    }

    /// <summary>The kernel's nfs wants an address where people write a name.</summary>
    private static async ValueTask<string> WithAddressAsync(string option, CancellationToken ct)
    {
        const string key = "addr=";
        if (!option.StartsWith(key, StringComparison.Ordinal) || IPAddress.TryParse(option.AsSpan(key.Length), out _))
        {
            return option;
        }

        IPAddress[] addresses = await Dns.GetHostAddressesAsync(option[key.Length..], ct).ConfigureAwait(false);
        return key + addresses[0];
    }
}
