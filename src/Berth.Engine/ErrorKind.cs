namespace Berth.Engine;

/// <summary>What went wrong, as far as a client can react to it. moby 28: errdefs/defs.go.</summary>
public enum ErrorKind
{
    System,
    NotFound,
    InvalidParameter,
    Conflict,
    Unauthorized,
    Forbidden,

    /// <summary>Nothing to do: an answer, not a failure, carried as one so that it ends the request.</summary>
    NotModified,
    NotImplemented,
    Unavailable,
}
