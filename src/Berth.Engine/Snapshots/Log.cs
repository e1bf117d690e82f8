using Microsoft.Extensions.Logging;

namespace Berth.Engine.Snapshots;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "overlayfs does not work on the data root, every container gets a copy of its image: {Why}")]
    public static partial void NoOverlay(ILogger logger, string why);
}
