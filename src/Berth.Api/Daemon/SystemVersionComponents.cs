using System.Text.Json;
namespace Berth.Api.Daemon;

public sealed record SystemVersionComponents
{
    public string Name { get; init; } = "";
    public string Version { get; init; } = "";
    public JsonElement? Details { get; init; }
}
