using System.Globalization;
using Berth.Api;
using Berth.Api.Streams;
using Berth.Daemon.Http;
using Berth.Engine.Containers;

namespace Berth.Daemon.Endpoints;

/// <summary>What <c>GET /containers/{id}/logs</c> asks for.</summary>
internal static class LogQuery
{
    public static LogsRequest Read(HttpRequest request) => new()
    {
        Stdout = request.Flag("stdout"),
        Stderr = request.Flag("stderr"),
        Follow = request.Flag("follow"),
        Timestamps = request.Flag("timestamps"),
        Details = request.Flag("details"),
        Since = request.Timestamp("since") is { } since && since != DateTimeOffset.UnixEpoch ? since : null,
        Until = request.Timestamp("until") is { } until && until != DateTimeOffset.UnixEpoch ? until : null,
        // What is no number is "all", as in dockerd.
        Tail = int.TryParse(request.Text("tail"), NumberStyles.None, CultureInfo.InvariantCulture, out int lines) ? lines : null,
    };

    /// <summary>Before API 1.42 a multiplexed stream had no name of its own.</summary>
    public static string MediaType(bool terminal, ApiVersion version) =>
        !terminal && version >= new ApiVersion(1, 42) ? StdStreamFrame.MultiplexedMediaType : StdStreamFrame.RawMediaType;
}
