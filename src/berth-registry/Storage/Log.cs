using Berth.Oci;

namespace Berth.Registry.Storage;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "gave up upload {Upload}")]
    public static partial void UploadAbandoned(this ILogger log, string upload);

    [LoggerMessage(Level = LogLevel.Information, Message = "removed blob {Digest} of {Repository}, which no manifest names")]
    public static partial void BlobCollected(this ILogger log, string repository, Digest digest);

    [LoggerMessage(Level = LogLevel.Error, Message = "nothing of {Repository} was collected: a manifest cannot be read")]
    public static partial void RepositorySkipped(this ILogger log, string repository, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "could not collect what is unused")]
    public static partial void CollectionFailed(this ILogger log, Exception exception);
}
