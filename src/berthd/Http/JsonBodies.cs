using System.Buffers;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Engine;

namespace Berth.Daemon.Http;

/// <summary>Reading and writing of JSON bodies, with dockerd's sentences for what is wrong with one.</summary>
/// <remarks>moby 28: api/server/httputils/httputils.go.</remarks>
internal static class JsonBodies
{
    /// <summary>A JSON document longer than this is refused, so that nobody fills the daemon's memory with one.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>The request's body; null where there is none, or it says <c>null</c>.</summary>
    /// <exception cref="EngineException">InvalidParameter: no JSON, not announced as such, or too long.</exception>
    public static async Task<T?> ReadJsonAsync<T>(this HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        CheckContentType(request);
        if (!HasBody(request))
        {
            return null;
        }

        ReadOnlySequence<byte> body = await ReadToEndAsync(request.BodyReader, request.HttpContext.RequestAborted);
        try
        {
            return Parse(body, type);
        }
        finally
        {
            request.BodyReader.AdvanceTo(body.End);
        }
    }

    public static bool HasBody(HttpRequest request) => request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0;

    public static Task WriteJsonAsync<T>(this HttpResponse response, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.BodyWriter.WriteJson(value, type);
        response.BodyWriter.GetSpan(1)[0] = (byte)'\n'; // as Go's json.Encoder ends a document
        response.BodyWriter.Advance(1);
        return response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted).AsTask();
    }

    public static void WriteJson<T>(this IBufferWriter<byte> output, T value, JsonTypeInfo<T> type)
    {
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = type.Options.Encoder, SkipValidation = true });
        JsonSerializer.Serialize(writer, value, type);
    }

    internal static T? Parse<T>(ReadOnlySequence<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { AllowMultipleValues = true });
        T? value;
        try
        {
            if (IsBlank(body))
            {
                throw new EngineException(ErrorKind.InvalidParameter, "invalid JSON: got EOF while reading request body");
            }

            value = JsonSerializer.Deserialize(ref reader, type);
        }
        catch (JsonException e)
        {
            throw new EngineException(ErrorKind.InvalidParameter, $"invalid JSON: {e.Message}", e);
        }

        if (!IsBlank(body.Slice(reader.Position)))
        {
            throw new EngineException(ErrorKind.InvalidParameter, "unexpected content after JSON");
        }

        return value;
    }

    private static void CheckContentType(HttpRequest request)
    {
        string? contentType = request.ContentType;
        if (string.IsNullOrEmpty(contentType))
        {
            if (HasBody(request))
            {
                throw new EngineException(ErrorKind.InvalidParameter, "malformed Content-Type header (): mime: no media type");
            }

            return;
        }

        if (!MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? parsed))
        {
            throw new EngineException(ErrorKind.InvalidParameter, $"malformed Content-Type header ({contentType})");
        }

        if (!string.Equals(parsed.MediaType, "application/json", StringComparison.OrdinalIgnoreCase))
        {
            throw new EngineException(ErrorKind.InvalidParameter, $"unsupported Content-Type header ({contentType}): must be 'application/json'");
        }
    }

    private static async Task<ReadOnlySequence<byte>> ReadToEndAsync(PipeReader reader, CancellationToken ct)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync(ct);
            if (result.IsCompleted)
            {
                return result.Buffer;
            }

            if (result.Buffer.Length > MaxBytes)
            {
                reader.AdvanceTo(result.Buffer.End);
                throw new EngineException(ErrorKind.InvalidParameter, $"request body is longer than {MaxBytes} bytes");
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static bool IsBlank(ReadOnlySequence<byte> body)
    {
        foreach (ReadOnlyMemory<byte> part in body)
        {
            if (part.Span.ContainsAnyExcept(" \t\r\n"u8))
            {
                return false;
            }
        }

        return true;
    }
}
