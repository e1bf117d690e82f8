using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Images;
using Berth.Daemon.Http;

namespace Berth.Daemon.Endpoints;

/// <summary>Before API 1.52 an image's config named every field, empty or not, and before 1.50 those of a container too.</summary>
/// <remarks>moby: daemon/server/router/image/image_routes.go, legacyConfigFields.</remarks>
internal static class OlderImageConfig
{
    private const string UntilV51 = """{"Cmd":null,"Entrypoint":null,"Env":null,"Labels":null,"OnBuild":null,"User":"","Volumes":null,"WorkingDir":""}""";

    private const string UntilV49 = """
        {"AttachStderr":false,"AttachStdin":false,"AttachStdout":false,"Cmd":null,"Domainname":"","Entrypoint":null,"Env":null,
         "Hostname":"","Image":"","Labels":null,"OnBuild":null,"OpenStdin":false,"StdinOnce":false,"Tty":false,"User":"","Volumes":null,"WorkingDir":""}
        """;

    public static Task WriteAsync(HttpResponse response, ImageInspect image, ApiVersion version)
    {
        if (version >= new ApiVersion(1, 52))
        {
            return response.WriteJsonAsync(image, ApiJson.Wire.ImageInspect);
        }

        JsonObject document = JsonSerializer.SerializeToNode(image, ApiJson.Wire.ImageInspect)!.AsObject(); // an object is never null
        JsonObject config = document["Config"] as JsonObject ?? [];
        JsonObject complete = JsonNode.Parse(version < new ApiVersion(1, 50) ? UntilV49 : UntilV51)!.AsObject(); // a constant
        foreach ((string name, JsonNode? value) in config)
        {
            complete[name] = value?.DeepClone();
        }

        document["Config"] = complete;
        return response.WriteJsonAsync(document, ApiJson.Wire.JsonObject);
    }
}
