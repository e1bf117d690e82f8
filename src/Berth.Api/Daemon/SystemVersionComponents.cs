using System.Text.Json;
namespace Berth.Api.Daemon;

public sealed record SystemVersionComponents
{
    public string Name { get; init => field = value ?? ""; } = "";
    public string Version { get; init => field = value ?? ""; } = "";
    public JsonElement? Details { get; init; }
}
