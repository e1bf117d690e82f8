using System.Globalization;
using System.Text;
using Berth.Api;

namespace Berth.Cli.Images;

/// <summary>Draws the daemon's progress: bars that move on a terminal, a line per change elsewhere.</summary>
/// <remarks>Source: moby 28, pkg/jsonmessage/jsonmessage.go.</remarks>
internal sealed class PullProgress
{
    private const int BarLength = 50;
    private const int WidthWithBar = 110;

    private readonly bool _isTerminal;
    private readonly int _width;
    private readonly Dictionary<string, int> _lines = [];

    /// <param name="isTerminal">The cursor can be moved.</param>
    /// <param name="width">Columns of the terminal.</param>
    public PullProgress(bool isTerminal, int width)
    {
        _isTerminal = isTerminal;
        _width = width;
    }

    /// <param name="messages">What the daemon says.</param>
    /// <param name="output">Where to draw; null to draw nothing.</param>
    /// <exception cref="CommandException">The daemon said that it failed.</exception>
    public static void Show(IEnumerable<JsonMessage> messages, TextOutput? output)
    {
        bool isTerminal = output?.IsTerminal ?? false;
        int columns = isTerminal && Terminal.SizeOf(output!.Descriptor) is { } size ? size.Columns : 200; // a terminal is an output
        var progress = new PullProgress(isTerminal, columns);
        foreach (JsonMessage message in messages)
        {
            string drawn = progress.Draw(message);
            if (output is not null)
            {
                output.Write(drawn);
                output.Flush();
            }
        }
    }

    /// <summary>What to write for the next message.</summary>
    /// <exception cref="CommandException">The message is a failure.</exception>
    public string Draw(JsonMessage message)
    {
        if (message.Aux is not null)
        {
            return "";
        }

        var drawn = new StringBuilder();
        int up = 0;
        if (message.Id is { Length: > 0 } id && (message.ProgressDetail is not null || !string.IsNullOrEmpty(message.Progress)))
        {
            if (!_lines.TryGetValue(id, out int line))
            {
                _lines[id] = line = _lines.Count;
                drawn.Append(_isTerminal ? "\n" : "");
            }

            up = _isTerminal ? _lines.Count - line : 0;
            AppendMove(drawn, up, 'A');
        }
        else
        {
            // A line that moves the others: what stands above is finished.
            _lines.Clear();
        }

        Append(drawn, message);
        AppendMove(drawn, message.Id is { Length: > 0 } ? up : 0, 'B');
        return drawn.ToString();
    }

    private static void AppendMove(StringBuilder drawn, int lines, char direction)
    {
        if (lines > 0)
        {
            drawn.Append(CultureInfo.InvariantCulture, $"\e[{lines}{direction}");
        }
    }

    private void Append(StringBuilder drawn, JsonMessage message)
    {
        if (message.ErrorDetail is not null || message.Error is not null)
        {
            throw new CommandException(message.ErrorDetail is { Code: 401 }
                ? "authentication is required"
                : message.ErrorDetail?.Message ?? message.Error ?? "");
        }

        string bar = message.ProgressDetail is null ? "" : Bar(message.ProgressDetail);
        string end = "";
        if (_isTerminal && string.IsNullOrEmpty(message.Stream) && message.ProgressDetail is not null)
        {
            end = "\r";
            drawn.Append("\e[2K").Append(end);
        }
        else if (bar.Length > 0)
        {
            return; // where the cursor cannot be moved only changes of state are told
        }

        if (message.Id is { Length: > 0 })
        {
            drawn.Append(message.Id).Append(": ");
        }

        if (message.ProgressDetail is not null && _isTerminal)
        {
            drawn.Append(message.Status).Append(' ').Append(bar).Append(end);
        }
        else if (message.Progress is { Length: > 0 })
        {
            drawn.Append(message.Status).Append(' ').Append(message.Progress).Append(end);
        }
        else if (message.Stream is { Length: > 0 })
        {
            drawn.Append(message.Stream).Append(end);
        }
        else
        {
            drawn.Append(message.Status).Append(end).Append('\n');
        }
    }

    private string Bar(ProgressDetail progress)
    {
        if (progress.Current <= 0 && progress.Total <= 0)
        {
            return "";
        }

        string current = Sizes.Human(progress.Current).PadLeft(8);
        if (progress.Total <= 0)
        {
            return current;
        }

        int filled = Math.Min(BarLength, (int)((double)progress.Current / progress.Total * 100) / 2);
        string bar = _width > WidthWithBar ? $"[{new string('=', filled)}>{new string(' ', BarLength - filled)}] " : "";
        return bar + (progress.Current > progress.Total ? current : $"{current}/{Sizes.Human(progress.Total)}");
    }
}
