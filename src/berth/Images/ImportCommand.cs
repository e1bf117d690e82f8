using Berth.Client;

namespace Berth.Cli.Images;

internal sealed class ImportCommand : Command
{
    private readonly ListFlag<string> _changes;
    private readonly Flag<string> _message;
    private readonly Flag<string> _platform;

    public ImportCommand()
    {
        _changes = Flags.List("change", 'c', "Apply Dockerfile instruction to the created image");
        _message = Flags.Text("message", 'm', "Set commit message for imported image");
        _platform = Flags.Text("platform", null, "Set platform if server is multi-platform capable");
    }

    public override string Synopsis => "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]";

    public override ArgumentCount Arguments => new(1, int.MaxValue);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        string source = arguments[0];
        bool isUrl = source.StartsWith("http://", StringComparison.Ordinal) || source.StartsWith("https://", StringComparison.Ordinal);
        using Stream? archive = isUrl ? null : source == "-" ? new TerminalStream(context.Terminal) : Open(source);
        PullProgress.Show(context.Client.ImportImage(new ImportOptions
        {
            Source = isUrl ? source : "-",
            Repository = arguments.Count > 1 ? arguments[1] : null,
            Message = _message.Value,
            Changes = _changes.Values,
            Platform = _platform.Value,
        }, archive), context.Out);
        return 0;
    }

    private static FileStream Open(string path)
    {
        try
        {
            // The client copies in large pieces: a buffer between would only copy once more.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"open {path}: no such file or directory");
        }
    }
}
