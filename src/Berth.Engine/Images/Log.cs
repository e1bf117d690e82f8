using Berth.Oci;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Images;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Image {ImageId} added as {Name}")]
    public static partial void ImageAdded(ILogger logger, Digest imageId, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The kept beginning of layer {Digest} was damaged and is gone; a new pull starts over")]
    public static partial void DamagedPartial(ILogger logger, Digest digest, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Transfer of {Digest} was cut after {Bytes} bytes")]
    public static partial void TransferCut(ILogger logger, Digest digest, long bytes, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Image {ImageId} removed")]
    public static partial void ImageRemoved(ILogger logger, Digest imageId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mirror {Mirror} could not be used")]
    public static partial void MirrorFailed(ILogger logger, string mirror, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Image or manifest {Digest} is damaged: its layers may be removed, pull it again")]
    public static partial void DamagedImage(ILogger logger, Digest digest, Exception exception);
}
