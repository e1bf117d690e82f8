using System.Net;

namespace Berth.Oci.Distribution;

/// <summary>A registry refused, or answered what must not be believed. The message is fit for a user.</summary>
public sealed class RegistryException : Exception
{
    public RegistryException(HttpStatusCode status, IReadOnlyList<RegistryError> errors, TimeSpan? retryAfter = null)
        : base(Describe(errors)) => (Status, Errors, RetryAfter) = (status, errors, retryAfter);

    /// <summary>The answer itself is wrong: a digest that does not match, a body without end, a redirect to nowhere.</summary>
    public RegistryException(string message, Exception? inner = null)
        : base(message, inner) => Errors = [new RegistryError { Message = message }];

    /// <summary>Null where the fault is in the answer and not its status.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>At least one.</summary>
    public IReadOnlyList<RegistryError> Errors { get; }

    public string Code => Errors[0].Code;

    public TimeSpan? RetryAfter { get; }

    public bool IsNotFound => Status == HttpStatusCode.NotFound || Code is RegistryError.ManifestUnknown or RegistryError.NameUnknown;

    public bool IsUnauthorized => Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden || Code is RegistryError.Unauthorized or RegistryError.Denied;

    /// <summary>Whether the same request may succeed a little later.</summary>
    public bool IsTransient => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError;

    /// <summary>What <c>docker pull</c> says of this. Source: moby 28, distribution/errors.go, notFoundError and translatePullError.</summary>
    public string PullSentence(ImageReference reference) => Code switch
    {
        RegistryError.Denied =>
            $"pull access denied for {reference.FamiliarRepository}, repository does not exist or may require 'docker login': {Errors[0]}",
        RegistryError.ManifestUnknown => $"manifest for {reference.Familiar} not found: {Errors[0]}",
        RegistryError.NameUnknown => $"repository {reference.FamiliarRepository} not found: {Errors[0]}",
        _ => Status is null ? Message : Errors[0].ToString(),
    };

    // Source: distribution, registry/api/errcode/errors.go, Errors.Error.
    private static string Describe(IReadOnlyList<RegistryError> errors) =>
        errors.Count == 1 ? errors[0].ToString() : "errors:\n" + string.Concat(errors.Select(error => error + "\n"));
}
