using System.Net;
using Berth.Api;
using Berth.Daemon.Http;
using Berth.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Berth.Daemon.Tests.Http;

public sealed class JsonLinesTests
{
    [Fact]
    public async Task Each_message_is_one_line_of_json_as_soon_as_it_is_reported()
    {
        var goOn = new TaskCompletionSource();
        await using ScratchServer server = await StartAsync(async (progress, _) =>
        {
            progress.Report(new JsonMessage { Status = "Pulling <fs> & more", Id = "abc" });
            await goOn.Task;
            progress.Report(new JsonMessage { Status = "Done", ProgressDetail = new ProgressDetail() });
        });
        using HttpClient client = server.Client();

        using HttpResponseMessage early = await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/work"), HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await early.Content.ReadAsStreamAsync());
        string? first = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));
        goOn.SetResult();

        Assert.Equal(HttpStatusCode.OK, early.StatusCode);
        Assert.Equal("application/json", early.Content.Headers.ContentType?.ToString());
        Assert.Equal("""{"status":"Pulling <fs> & more","id":"abc"}""", first);
        Assert.Equal("""{"status":"Done","progressDetail":{}}""", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task An_error_before_the_first_message_is_a_status()
    {
        await using ScratchServer server = await StartAsync((_, _) =>
            throw new EngineException(ErrorKind.NotFound, "manifest for busybox:none not found"));
        using HttpClient client = server.Client();

        using HttpResponseMessage response = await client.PostAsync("/work", null);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("{\"message\":\"manifest for busybox:none not found\"}\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_error_after_the_first_message_is_a_line()
    {
        await using ScratchServer server = await StartAsync((progress, _) =>
        {
            progress.Report(new JsonMessage { Status = "Pulling" });
            throw new EngineException(ErrorKind.System, "unexpected EOF");
        });
        using HttpClient client = server.Client();

        using HttpResponseMessage response = await client.PostAsync("/work", null);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            "{\"status\":\"Pulling\"}\r\n{\"errorDetail\":{\"message\":\"unexpected EOF\"},\"error\":\"unexpected EOF\"}\r\n",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_work_is_cancelled_when_the_client_goes()
    {
        var cancelled = new TaskCompletionSource();
        await using ScratchServer server = await StartAsync(async (progress, ct) =>
        {
            progress.Report(new JsonMessage { Status = "Pulling" });
            using CancellationTokenRegistration registration = ct.Register(() => cancelled.SetResult());
            await Task.Delay(Timeout.Infinite, ct);
        });
        using RawConnection client = await RawConnection.OpenAsync(server);
        await client.SendAsync("POST /work HTTP/1.1\r\nHost: d\r\n\r\n");
        await client.ReadHeadAsync();

        client.Dispose();

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Messages_from_many_threads_never_mix()
    {
        await using ScratchServer server = await StartAsync((progress, ct) => Parallel.ForAsync(0, 200, ct, (i, _) =>
        {
            progress.Report(new JsonMessage { Status = new string('x', 500), Id = $"{i}" });
            return ValueTask.CompletedTask;
        }));
        using HttpClient client = server.Client();

        using HttpResponseMessage response = await client.PostAsync("/work", null);
        string[] lines = (await response.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(200, lines.Length);
        Assert.All(lines, line => Assert.Matches("^\\{\"status\":\"x{500}\",\"id\":\"\\d+\"\\}$", line));
    }

    private static Task<ScratchServer> StartAsync(Func<IProgress<JsonMessage>, CancellationToken, Task> work) =>
        ScratchServer.StartAsync(routes => routes.MapPost("/work", context => JsonLines.RunAsync(context, work)));
}
