using System.Globalization;
using Berth.Api.Containers;
using Berth.Cli.Images;

namespace Berth.Cli.Containers;

/// <summary>A line of <c>ps</c>.</summary>
/// <remarks>Source: docker/cli 28, cli/command/formatter/container.go.</remarks>
internal static class ContainerRow
{
    public const string RawFormat =
        "container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\ncreated_at: {{.CreatedAt}}\nstate: {{- pad .State 1 0}}\n"
        + "status: {{- pad .Status 1 0}}\nnames: {{.Names}}\nlabels: {{- pad .Labels 1 0}}\nports: {{- pad .Ports 1 0}}";

    private const int CommandWidth = 20;
    private const int MountWidth = 15;

    public static HeaderFields Header { get; } = new(new Dictionary<string, string>
    {
        ["ID"] = "CONTAINER ID",
        ["Names"] = "NAMES",
        ["Image"] = "IMAGE",
        ["Command"] = "COMMAND",
        ["CreatedAt"] = "CREATED AT",
        ["RunningFor"] = "CREATED",
        ["Ports"] = "PORTS",
        ["State"] = "STATE",
        ["Status"] = "STATUS",
        ["Size"] = "SIZE",
        ["Labels"] = "LABELS",
        ["Mounts"] = "MOUNTS",
        ["LocalVolumes"] = "LOCAL VOLUMES",
        ["Networks"] = "NETWORKS",
        ["Platform"] = "PLATFORM",
    });

    public static RowFields Of(ContainerSummary container, bool truncate, TimeProvider clock) => new("*formatter.ContainerContext",
    [
        ("Command", () => GoText.Quote(truncate ? Shorten.Text(container.Command, CommandWidth) : container.Command)),
        ("CreatedAt", () => Timestamps.Display(container.Created)),
        ("ID", () => truncate ? Shorten.Id(container.Id) : container.Id),
        ("Image", () => Image(container, truncate)),
        ("Labels", () => Labels(container.Labels)),
        ("LocalVolumes", () => (container.Mounts ?? []).Count(mount => mount.Driver == "local").ToString(CultureInfo.InvariantCulture)),
        ("Mounts", () => string.Join(',', (container.Mounts ?? []).Select(mount => Mount(mount, truncate)))),
        ("Names", () => Names(container.Names ?? [], truncate)),
        ("Networks", () => string.Join(',', (container.NetworkSettings?.Networks?.Keys ?? []).Order(StringComparer.Ordinal))),
        ("Platform", () => Platform(container)),
        ("Ports", () => PortColumn.Display(container.Ports ?? [])),
        ("RunningFor", () => Timestamps.Ago(container.Created, clock)),
        ("Size", () => Size(container)),
        ("State", () => container.State),
        ("Status", () => container.Status),
    ], label => container.Labels?.GetValueOrDefault(label));

    public static string Labels(IReadOnlyDictionary<string, string>? labels) =>
        string.Join(',', (labels ?? new Dictionary<string, string>()).Select(label => $"{label.Key}={label.Value}").Order(StringComparer.Ordinal));

    private static string Image(ContainerSummary container, bool truncate)
    {
        if (container.Image.Length == 0)
        {
            return "<no image>";
        }

        if (!truncate)
        {
            return container.Image;
        }

        string id = Shorten.Id(container.ImageID);
        if (id.Length > 0 && id == Shorten.Id(container.Image))
        {
            return id;
        }

        // A digest behind a tag says nothing that fits in a column.
        return container.Image.Contains('@', StringComparison.Ordinal) && ImageName.TryParse(container.Image, out ImageName? name) && name!.Tag is not null // parsed on true
            ? (name with { Digest = null }).Familiar
            : container.Image;
    }

    private static string Names(IReadOnlyList<string> names, bool truncate)
    {
        var plain = names.Select(name => name.TrimStart('/')).ToList();
        // A name with a slash is a link's: the container's own comes first.
        return truncate && plain.Find(name => !name.Contains('/', StringComparison.Ordinal)) is { } own ? own : string.Join(',', plain);
    }

    private static string Mount(MountPoint mount, bool truncate)
    {
        string name = mount.Name is { Length: > 0 } volume ? volume : mount.Source ?? "";
        return truncate ? Shorten.Text(name, MountWidth) : name;
    }

    private static string? Platform(ContainerSummary container) => container.ImageManifestDescriptor?.Platform is { } platform
        ? string.Join('/', new[] { platform.Os, platform.Architecture, platform.Variant }.Where(part => !string.IsNullOrEmpty(part)))
        : null;

    private static string Size(ContainerSummary container)
    {
        string writable = Sizes.Human(container.SizeRw ?? 0, 3);
        return container.SizeRootFs is > 0 ? $"{writable} (virtual {Sizes.Human(container.SizeRootFs.Value, 3)})" : writable;
    }
}
