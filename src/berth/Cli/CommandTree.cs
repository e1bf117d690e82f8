using Berth.Cli.Containers;
using Berth.Cli.Daemon;
using Berth.Cli.Images;
using Berth.Cli.Networks;
using Berth.Cli.Volumes;
using static Berth.Cli.CommandClass;

namespace Berth.Cli;

/// <summary>The one list of commands. A command is made only when its name has been read.</summary>
internal static class CommandTree
{
    /// <summary>The nouns, with the line that the help shows.</summary>
    public static IReadOnlyList<(string Name, string Summary)> Nouns { get; } =
    [
        ("container", "Manage containers"),
        ("image", "Manage images"),
        ("network", "Manage networks"),
        ("system", "Manage Docker"),
        ("volume", "Manage volumes"),
    ];

    public static IReadOnlyList<CommandRow> Rows { get; } =
    [
        new(Common, ["container run", "run"], "Create and run a new container from an image", static () => new RunCommand()),
        new(Common, ["container exec", "exec"], "Execute a command in a running container", static () => new ExecCommand()),
        new(Common, ["container ls", "container list", "container ps", "ps"], "List containers", static () => new ListCommand()),
        new(Common, ["image pull", "pull"], "Download an image from a registry", static () => new PullCommand()),
        new(Common, ["image push", "push"], "Upload an image to a registry", static () => new PushCommand()),
        new(Common, ["image ls", "image list", "images"], "List images", static () => new ImageListCommand()),
        new(Common, ["login"], "Authenticate to a registry", static () => new LoginCommand()),
        new(Common, ["logout"], "Log out from a registry", static () => new LogoutCommand()),
        new(Common, ["version"], "Show the Docker version information", static () => new VersionCommand()),
        new(Common, ["system info", "info"], "Display system-wide information", static () => new InfoCommand()),

        new(Plain, ["container attach", "attach"], "Attach local standard input, output, and error streams to a running container", static () => new AttachCommand()),
        new(Plain, ["container commit", "commit"], "Create a new image from a container's changes", static () => new CommitCommand()),
        new(Plain, ["container create", "create"], "Create a new container", static () => new CreateCommand()),
        new(Plain, ["system events", "events"], "Get real time events from the server", static () => new EventsCommand()),
        new(Plain, ["image history", "history"], "Show the history of an image", static () => new HistoryCommand()),
        new(Plain, ["image import", "import"], "Import the contents from a tarball to create a filesystem image", static () => new ImportCommand()),
        new(Plain, ["inspect"], "Return low-level information on Docker objects", static () => new InspectCommand()),
        new(Plain, ["container kill", "kill"], "Kill one or more running containers", static () => new KillCommand()),
        new(Plain, ["container logs", "logs"], "Fetch the logs of a container", static () => new LogsCommand()),
        new(Plain, ["container pause", "pause"], "Pause all processes within one or more containers", static () => new PauseCommand()),
        new(Plain, ["container port", "port"], "List port mappings or a specific mapping for the container", static () => new PortCommand()),
        new(Plain, ["container rename", "rename"], "Rename a container", static () => new RenameCommand()),
        new(Plain, ["container restart", "restart"], "Restart one or more containers", static () => new RestartCommand()),
        new(Plain, ["container rm", "container remove", "rm"], "Remove one or more containers", static () => new RemoveCommand()),
        new(Plain, ["image rm", "image remove", "rmi"], "Remove one or more images", static () => new ImageRemoveCommand()),
        new(Plain, ["container start", "start"], "Start one or more stopped containers", static () => new StartCommand()),
        new(Plain, ["container stop", "stop"], "Stop one or more running containers", static () => new StopCommand()),
        new(Plain, ["image tag", "tag"], "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE", static () => new TagCommand()),
        new(Plain, ["container top", "top"], "Display the running processes of a container", static () => new TopCommand()),
        new(Plain, ["container unpause", "unpause"], "Unpause all processes within one or more containers", static () => new UnpauseCommand()),
        new(Plain, ["container wait", "wait"], "Block until one or more containers stop, then print their exit codes", static () => new WaitCommand()),

        new(Plain, ["container inspect"], "Display detailed information on one or more containers", static () => new ContainerInspectCommand()),
        new(Plain, ["image inspect"], "Display detailed information on one or more images", static () => new ImageInspectCommand()),
        new(Plain, ["network connect"], "Connect a container to a network", static () => new NetworkConnectCommand()),
        new(Plain, ["network create"], "Create a network", static () => new NetworkCreateCommand()),
        new(Plain, ["network disconnect"], "Disconnect a container from a network", static () => new NetworkDisconnectCommand()),
        new(Plain, ["network inspect"], "Display detailed information on one or more networks", static () => new NetworkInspectCommand()),
        new(Plain, ["network ls", "network list"], "List networks", static () => new NetworkListCommand()),
        new(Plain, ["network rm", "network remove"], "Remove one or more networks", static () => new NetworkRemoveCommand()),
        new(Plain, ["volume create"], "Create a volume", static () => new VolumeCreateCommand()),
        new(Plain, ["volume inspect"], "Display detailed information on one or more volumes", static () => new VolumeInspectCommand()),
        new(Plain, ["volume ls", "volume list"], "List volumes", static () => new VolumeListCommand()),
        new(Plain, ["volume prune"], "Remove unused local volumes", static () => new VolumePruneCommand()),
        new(Plain, ["volume rm", "volume remove"], "Remove one or more volumes", static () => new VolumeRemoveCommand()),
    ];

    public static bool IsNoun(string word) => Nouns.Any(noun => noun.Name == word);

    public static CommandRow? Find(string name) => Rows.FirstOrDefault(row => Array.IndexOf(row.Names, name) >= 0);

    public static IEnumerable<CommandRow> Of(string noun) =>
        Rows.Where(row => row.Noun == noun).OrderBy(row => row.Verb, StringComparer.Ordinal);
}
