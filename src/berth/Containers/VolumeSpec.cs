using Berth.Api;

namespace Berth.Cli.Containers;

/// <summary><c>-v</c>: <c>[source:]target[:options]</c>.</summary>
/// <remarks>Source: docker/cli 28, cli/compose/loader/volume.go and container/opts.go.</remarks>
internal static class VolumeSpec
{
    /// <summary>Binds and named volumes go to the host's part; a target alone is an anonymous volume of the container's.</summary>
    public static (List<string> Binds, Dictionary<string, EmptyObject> Volumes) Split(IReadOnlyList<string> specs)
    {
        var binds = new List<string>();
        var volumes = new Dictionary<string, EmptyObject>();
        foreach (string spec in specs.Distinct())
        {
            string[] parts = spec.Split(':');
            if (spec.Length == 0)
            {
                throw new FormatException("invalid empty volume spec");
            }

            if (spec.Length <= 2 || parts.Length == 1)
            {
                volumes[spec] = EmptyObject.Value;
                continue;
            }

            if (parts.Contains(""))
            {
                throw new FormatException($"invalid spec: {spec}: empty section between colons");
            }

            if (parts.Length > 3)
            {
                throw new FormatException($"invalid spec: {spec}: too many colons");
            }

            binds.Add(parts[0].StartsWith('.') ? Path.GetFullPath(parts[0]) + spec[parts[0].Length..] : spec);
        }

        return (binds, volumes);
    }
}
