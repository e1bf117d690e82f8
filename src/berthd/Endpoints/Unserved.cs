using Berth.Engine;

namespace Berth.Daemon.Endpoints;

/// <summary>What the Engine API has and this daemon has not: refused in a sentence, never by a missing page.</summary>
internal static class Unserved
{
    private const string NoSwarm =
        "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.";

    private static readonly (string Method, string Pattern, string What)[] Operations =
    [
        ("GET", "/containers/{name}/changes", "the changes of a container's file system"),
        ("GET", "/containers/{name}/export", "the export of containers"),
        ("GET", "/containers/{name}/stats", "resource statistics"),
        ("POST", "/containers/{name}/update", "the update of containers"),
        ("HEAD", "/containers/{name}/archive", "copying from and to containers"),
        ("GET", "/containers/{name}/archive", "copying from and to containers"),
        ("PUT", "/containers/{name}/archive", "copying from and to containers"),
        ("GET", "/containers/{name}/checkpoints", "checkpoints"),
        ("POST", "/containers/{name}/checkpoints", "checkpoints"),
        ("DELETE", "/containers/{name}/checkpoints/{checkpoint}", "checkpoints"),
        ("POST", "/containers/prune", "pruning containers"),
        ("POST", "/images/prune", "pruning images"),
        ("POST", "/networks/prune", "pruning networks"),
        ("POST", "/build", "building images"),
        ("POST", "/build/prune", "pruning the build cache"),
        ("POST", "/build/cancel", "building images"),
        ("POST", "/session", "BuildKit sessions"),
        ("POST", "/grpc", "BuildKit's control channel"),
        ("GET", "/images/get", "saving images"),
        ("POST", "/images/load", "loading images"),
        ("GET", "/images/search", "searching Docker Hub"),
        ("GET", "/distribution/{**name}", "looking into registries"),
        ("GET", "/system/df", "disk usage"),
        ("GET", "/plugins/privileges", "plugins"),
        ("POST", "/plugins/{**path}", "plugins"),
        ("DELETE", "/plugins/{**path}", "plugins"),
        ("POST", "/swarm/init", "Swarm mode"),
        ("POST", "/swarm/join", "Swarm mode"),
    ];

    private static readonly (string Method, string Pattern)[] Swarm =
    [
        ("GET", "/swarm"), ("GET", "/swarm/unlockkey"), ("POST", "/swarm/update"), ("POST", "/swarm/unlock"),
        ("GET", "/nodes"), ("GET", "/nodes/{id}"), ("DELETE", "/nodes/{id}"), ("POST", "/nodes/{id}/update"),
        ("GET", "/services"), ("POST", "/services/create"), ("GET", "/services/{id}"), ("DELETE", "/services/{id}"),
        ("POST", "/services/{id}/update"), ("GET", "/services/{id}/logs"),
        ("GET", "/tasks"), ("GET", "/tasks/{id}"), ("GET", "/tasks/{id}/logs"),
        ("GET", "/secrets"), ("POST", "/secrets/create"), ("GET", "/secrets/{id}"), ("DELETE", "/secrets/{id}"), ("POST", "/secrets/{id}/update"),
        ("GET", "/configs"), ("POST", "/configs/create"), ("GET", "/configs/{id}"), ("DELETE", "/configs/{id}"), ("POST", "/configs/{id}/update"),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach ((string method, string pattern, string what) in Operations)
        {
            NamedRoute.Handler answer = Answer(what);
            routes.MapMethods(pattern, [method], context => answer(context, ""));
        }

        foreach ((string method, string pattern) in Swarm)
        {
            routes.MapMethods(pattern, [method], static _ => throw new EngineException(ErrorKind.Unavailable, NoSwarm));
        }

        routes.MapPost("/swarm/leave", static _ => throw new EngineException(ErrorKind.Unavailable, "This node is not part of a swarm"));
        routes.MapGet("/plugins", static context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync("[]\n", context.RequestAborted);
        });
        routes.MapGet("/plugins/{**path}", NamedRoute.Dispatch(("/json", static (_, name) =>
            throw new EngineException(ErrorKind.NotFound, $"plugin \"{name}\" not found"))));
    }

    public static NamedRoute.Handler Answer(string what) =>
        (_, _) => throw new EngineException(ErrorKind.NotImplemented, $"This daemon does not serve {what}.");
}
