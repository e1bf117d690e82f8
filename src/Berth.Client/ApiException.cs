using System.Net;

namespace Berth.Client;

/// <summary>The daemon refused: its status and its sentence, as they came.</summary>
public sealed class ApiException : Exception
{
    public ApiException(HttpStatusCode status, string message) : base(message) => Status = status;

    public HttpStatusCode Status { get; }

    public bool IsNotFound => Status == HttpStatusCode.NotFound;
}
