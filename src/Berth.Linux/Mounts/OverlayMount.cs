using System.Globalization;
using System.Runtime.InteropServices;
using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Mounts;

/// <summary>Mounts overlayfs with as many layers as the kernel takes (500), however long their paths are.</summary>
/// <remarks>
/// A mount(2) call has one page for all options, about 60 layers with full paths. Where the kernel has <c>lowerdir+</c> (≥ 6.7) each layer
/// is handed over by itself; else the paths are made short: relative to the directory that they have in common.
/// Source: kernel Documentation/filesystems/overlayfs.rst, "Multiple lower layers".
/// </remarks>
internal static partial class OverlayMount
{
    /// <summary>fsconfig's limit on one value, NUL excluded.</summary>
    private const int MaximumValueLength = 255;

    private const int CLONE_FS = 0x200;

    private static bool _hasLowerPlus = true;

    public static void Mount(string source, MountOptions options, string target)
    {
        if (Volatile.Read(ref _hasLowerPlus) && TryMountByLayer(source, options, target))
        {
            return;
        }

        MountByShortPaths(source, options, target);
    }

    private static bool TryMountByLayer(string source, MountOptions options, string target)
    {
        using MountContext? context = MountContext.TryOpen("overlay", out int errno);
        if (context is null)
        {
            return errno is Errno.ENOSYS or Errno.EPERM ? false : throw new LinuxException("fsopen", errno, "overlay");
        }

        var held = new List<SafeFileHandle>();
        try
        {
            Set(context, "source", source, held, target);
            foreach (string option in options.Data)
            {
                (string key, string? value) = Split(option);
                if (key != "lowerdir")
                {
                    Set(context, key, value, held, target);
                    continue;
                }

                foreach (string lower in SplitLayers(value ?? ""))
                {
                    string layer = Shorten(lower, held);
                    int refusal = context.TrySet("lowerdir+", layer);
                    if (refusal == Errno.EINVAL && Directory.Exists(lower))
                    {
                        Volatile.Write(ref _hasLowerPlus, false);
                        return false;
                    }

                    if (refusal != 0)
                    {
                        throw context.Failure("fsconfig lowerdir+", refusal, lower);
                    }
                }
            }

            if (options.Flags.HasFlag(MountFlags.ReadOnly))
            {
                Set(context, "ro", null, held, target);
            }

            context.Attach(options.Flags, target);
            return true;
        }
        finally
        {
            held.ForEach(h => h.Dispose());
        }
    }

    private static void Set(MountContext context, string key, string? value, List<SafeFileHandle> held, string target)
    {
        int errno = value is null ? context.TrySetFlag(key) : context.TrySet(key, Shorten(value, held));
        if (errno != 0)
        {
            throw context.Failure($"fsconfig {key}", errno, target);
        }
    }

    /// <summary>A path that is too long for fsconfig is handed over through a descriptor.</summary>
    private static string Shorten(string value, List<SafeFileHandle> held)
    {
        if (value.Length <= MaximumValueLength || !value.StartsWith('/'))
        {
            return value;
        }

        SafeFileHandle directory = FileCalls.OpenDirectory(value);
        held.Add(directory);
        return string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{directory.DangerousGetHandle()}");
    }

    /// <summary>The old call, made by a thread of its own whose working directory is what all paths have in common.</summary>
    private static void MountByShortPaths(string source, MountOptions options, string target)
    {
        string[] layers = options.Data.Where(o => o.StartsWith("lowerdir=", StringComparison.Ordinal))
            .SelectMany(o => SplitLayers(o["lowerdir=".Length..])).ToArray();
        string prefix = CommonDirectory(layers);
        string lower = string.Join(':', layers.Select(l => Escape(prefix.Length > 0 ? Path.GetRelativePath(prefix, l) : l)));
        string data = string.Join(',', options.Data.Where(o => !o.StartsWith("lowerdir=", StringComparison.Ordinal)).Prepend("lowerdir=" + lower));
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                // the working directory becomes this thread's own, and dies with it
                if (unshare(CLONE_FS) < 0 || chdir(prefix.Length > 0 ? prefix : "/") < 0)
                {
                    throw new LinuxException("chdir", Marshal.GetLastPInvokeError(), prefix);
                }

                MountCalls.Call(source, target, "overlay", options.Flags, data);
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw failure;
        }
    }

    private static string CommonDirectory(string[] paths)
    {
        if (paths.Length == 0 || paths.Any(p => !p.StartsWith('/')))
        {
            return "";
        }

        string common = Path.GetDirectoryName(paths[0]) ?? "";
        while (common.Length > 1 && !paths.All(p => p.StartsWith(common + "/", StringComparison.Ordinal)))
        {
            common = Path.GetDirectoryName(common) ?? "";
        }

        return common.Length > 1 ? common : "";
    }

    private static (string Key, string? Value) Split(string option)
    {
        int equals = option.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (option, null) : (option[..equals], option[(equals + 1)..]);
    }

    /// <summary>Colons and backslashes in a path are escaped by a backslash.</summary>
    private static List<string> SplitLayers(string value)
    {
        var layers = new List<string>();
        var current = new System.Text.StringBuilder();
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length)
            {
                current.Append(value[++i]);
            }
            else if (value[i] == ':')
            {
                layers.Add(current.ToString());
                current.Clear();
            }
            else
            {
                current.Append(value[i]);
            }
        }

        layers.Add(current.ToString());
        return layers;
    }

    private static string Escape(string path) => path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chdir(string path);
}
