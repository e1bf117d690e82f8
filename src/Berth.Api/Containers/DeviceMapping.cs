namespace Berth.Api.Containers;

public sealed record DeviceMapping
{
    public string PathOnHost { get; init => field = value ?? ""; } = "";
    public string PathInContainer { get; init => field = value ?? ""; } = "";
    public string CgroupPermissions { get; init => field = value ?? ""; } = "";
}
