using System.Text;
using Berth.Api.Streams;

namespace Berth.Client.Tests.Containers;

/// <summary>What <c>run</c>, <c>start -a</c>, <c>exec</c> and <c>logs</c> do with streams and exit codes.</summary>
public sealed class RunCommandTests
{
    private static readonly string s_id = new('a', 64);

    private static byte[] Frame(StdStream stream, string text)
    {
        byte[] payload = Encoding.UTF8.GetBytes(text);
        byte[] frame = new byte[StdStreamFrame.HeaderLength + payload.Length];
        StdStreamFrame.WriteHeader(frame, stream, payload.Length);
        payload.CopyTo(frame, StdStreamFrame.HeaderLength);
        return frame;
    }

    /// <summary>A daemon whose container writes to both outputs, echoes its input, and ends with a code.</summary>
    private sealed class Scene
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int ExitCode { get; init; }
        public string? StartFailure { get; init; }
        public bool HasInput { get; init; }

        public CannedAnswer? Answer(SeenRequest request)
        {
            if (request.Path.EndsWith("/start", StringComparison.Ordinal) && request.Path.StartsWith("/containers", StringComparison.Ordinal))
            {
                _started.TrySetResult();
                if (StartFailure is null)
                {
                    return new CannedAnswer { Status = 204 };
                }

                _ended.TrySetResult();
                return new CannedAnswer { Status = 500, Body = $$"""{"message":"{{StartFailure}}"}""" };
            }

            return request.Path switch
            {
                _ when request.Path.EndsWith("/attach", StringComparison.Ordinal) || request.Path == "/exec/e1/start" => new CannedAnswer
                {
                    Status = 101,
                    ContentType = StdStreamFrame.MultiplexedMediaType,
                    Hijack = stream => PlayAsync(stream, isRunning: !request.Path.Contains(s_id, StringComparison.Ordinal)),
                },
                _ when request.Path.EndsWith("/wait", StringComparison.Ordinal) => new CannedAnswer
                {
                    Hijack = async stream =>
                    {
                        await _ended.Task;
                        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{{\"StatusCode\":{ExitCode}}}\n"));
                    },
                },
                "/containers/c/exec" => new CannedAnswer { Status = 201, Body = """{"Id":"e1"}""" },
                "/exec/e1/json" => new CannedAnswer { Body = "{\"ID\":\"e1\",\"ExitCode\":" + ExitCode + "}" },
                "/containers/c/json" => new CannedAnswer
                {
                    Body = """{"Id":"ID","State":{"Running":true},"Config":{"OpenStdin":true,"Tty":false},"HostConfig":{},"NetworkSettings":{}}""".Replace("ID", s_id),
                },
                "/containers/c/logs" => new CannedAnswer
                {
                    ContentType = StdStreamFrame.MultiplexedMediaType,
                    Hijack = async stream =>
                    {
                        await stream.WriteAsync(Frame(StdStream.Stdout, "to out\n"));
                        await stream.WriteAsync(Frame(StdStream.Stderr, "to err\n"));
                    },
                },
                _ => null,
            };
        }

        private async Task PlayAsync(Stream stream, bool isRunning)
        {
            if (!isRunning)
            {
                await _started.Task;
            }

            if (StartFailure is null)
            {
                await stream.WriteAsync(Frame(StdStream.Stdout, "to out\n"));
                await stream.WriteAsync(Frame(StdStream.Stderr, "to err\n"));
                byte[] buffer = new byte[4096];
                int read;
                while (HasInput && (read = await stream.ReadAsync(buffer)) > 0)
                {
                    await stream.WriteAsync(Frame(StdStream.Stdout, Encoding.UTF8.GetString(buffer, 0, read)));
                }
            }

            _ended.TrySetResult();
        }
    }

    [Theory]
    [InlineData("run busybox x")]
    [InlineData("run --rm busybox x")]
    [InlineData("start -a c")]
    [InlineData("exec c ls")]
    [InlineData("attach --no-stdin c")]
    public async Task Output_goes_where_it_was_written_and_the_exit_code_is_the_containers(string command)
    {
        await using var daemon = new FakeDaemon(new Scene { ExitCode = 42 }.Answer);
        Outcome outcome = await CommandLine.BerthAsync(daemon.Address, command.Split(' '));
        Assert.Equal(new Outcome(42, "to out\n", "to err\n"), outcome);
    }

    [Theory]
    [InlineData("run -i busybox cat")]
    [InlineData("start -ai c")]
    [InlineData("exec -i c cat")]
    [InlineData("attach c")]
    public async Task Input_is_sent_and_its_end_ends_the_input_of_the_container(string command)
    {
        await using var daemon = new FakeDaemon(new Scene { HasInput = true }.Answer);
        Outcome outcome = await CommandLine.RunAsync(CommandLine.Berth, daemon.Address, "typed\nlines\n", command.Split(' '));
        Assert.Equal(new Outcome(0, "to out\ntyped\nlines\n", "to err\n"), outcome);
    }

    [Fact]
    public async Task The_container_is_attached_and_waited_for_before_it_starts()
    {
        await using var daemon = new FakeDaemon(new Scene().Answer);
        await CommandLine.BerthAsync(daemon.Address, "run", "--rm", "busybox");
        Assert.Equal(["HEAD /_ping", "POST /containers/create", $"POST /containers/{s_id}/attach", $"POST /containers/{s_id}/wait", $"POST /containers/{s_id}/start"],
            daemon.Seen.Select(request => $"{request.Method} {request.Path}"));
        Assert.EndsWith("/wait?condition=removed", daemon.Seen[3].Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_detached_run_asks_three_times_on_one_connection()
    {
        await using var daemon = new FakeDaemon();
        Outcome outcome = await CommandLine.BerthAsync(daemon.Address, "run", "-d", "busybox");
        Assert.Equal(new Outcome(0, s_id + "\n", ""), outcome);
        Assert.Equal(["/_ping", "/containers/create", $"/containers/{s_id}/start"], daemon.Seen.Select(request => request.Path));
        Assert.Equal([1], daemon.Seen.Select(request => request.Connection).Distinct());
    }

    [Theory]
    [InlineData("exec: x: executable file not found in $PATH", 127)]
    [InlineData("stat /x: no such file or directory", 127)]
    [InlineData("exec /x: permission denied", 126)]
    [InlineData("driver failed programming external connectivity", 125)]
    public async Task A_container_that_does_not_start_ends_with_dockers_code(string failure, int expected)
    {
        foreach (string[] flags in new[] { Array.Empty<string>(), ["-d"], ["--rm"] })
        {
            await using var daemon = new FakeDaemon(new Scene { StartFailure = failure }.Answer);
            Outcome ours = await CommandLine.BerthAsync(daemon.Address, ["run", .. flags, "busybox"]);
            Assert.Equal(new Outcome(expected, "", $"berth: Error response from daemon: {failure}\n\nRun 'berth run --help' for more information\n"), ours);
        }
    }

    [Fact]
    public async Task A_missing_image_is_pulled_and_told_on_standard_error()
    {
        bool isPulled = false;
        await using var daemon = new FakeDaemon(request =>
        {
            if (request.Path == "/images/create")
            {
                isPulled = true;
                return new CannedAnswer { Body = "{\"status\":\"Status: Downloaded\"}\r\n" };
            }

            return request.Path == "/containers/create" && !isPulled
                ? new CannedAnswer { Status = 404, Body = """{"message":"No such image: busybox:latest"}""" }
                : null;
        });
        Outcome outcome = await CommandLine.BerthAsync(daemon.Address, "run", "-d", "busybox");
        Assert.Equal(new Outcome(0, s_id + "\n", "Unable to find image 'busybox:latest' locally\nStatus: Downloaded\n"), outcome);
        Assert.EndsWith("?fromImage=docker.io%2Flibrary%2Fbusybox&tag=latest", daemon.Single("POST", "/images/create").Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_image_is_not_pulled_where_that_is_forbidden()
    {
        await using var daemon = new FakeDaemon(request => request.Path == "/containers/create"
            ? new CannedAnswer { Status = 404, Body = """{"message":"No such image: busybox:latest"}""" } : null);
        Outcome theirs = await CommandLine.DockerAsync(daemon.Address, "run", "--pull=never", "busybox");
        Outcome ours = await CommandLine.BerthAsync(daemon.Address, "run", "--pull=never", "busybox");
        Assert.Equal((theirs.ExitCode, theirs.Error), (ours.ExitCode, ours.Error.Replace("berth", "docker")));
    }

    [Fact]
    public async Task A_cid_file_is_written_once_and_gone_where_nothing_was_made()
    {
        using var scratch = new Berth.TestHost.ScratchDirectory();
        await using var daemon = new FakeDaemon();
        string path = scratch.File("cid");
        await CommandLine.BerthAsync(daemon.Address, "create", "--cidfile", path, "busybox");
        Assert.Equal(s_id, await File.ReadAllTextAsync(path));
        Outcome again = await CommandLine.BerthAsync(daemon.Address, "create", "--cidfile", path, "busybox");
        Assert.Equal((1, $"container ID file found, make sure the other container isn't running or delete {path}\n"), (again.ExitCode, again.Error));

        await using var refusing = new FakeDaemon(request => request.Path == "/containers/create" ? new CannedAnswer { Status = 409, Body = """{"message":"no"}""" } : null);
        await CommandLine.BerthAsync(refusing.Address, "create", "--cidfile", scratch.File("other"), "busybox");
        Assert.False(File.Exists(scratch.File("other")));
    }

    [Fact]
    public async Task Logs_are_told_apart_without_asking_for_the_container_first()
    {
        await using var daemon = new FakeDaemon(new Scene().Answer);
        Outcome outcome = await CommandLine.BerthAsync(daemon.Address, "logs", "-f", "--tail", "5", "-t", "c");
        Assert.Equal(new Outcome(0, "to out\n", "to err\n"), outcome);
        Assert.EndsWith("/logs?follow=1&stderr=1&stdout=1&tail=5&timestamps=1", daemon.Seen[^1].Target, StringComparison.Ordinal);
        Assert.Equal(2, daemon.Seen.Count);
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_the_program_as_a_broken_pipe_does()
    {
        await using var daemon = new FakeDaemon(request => request.Path == "/containers/c/logs"
            ? new CannedAnswer
            {
                ContentType = StdStreamFrame.MultiplexedMediaType,
                Hijack = async stream =>
                {
                    byte[] frame = Frame(StdStream.Stdout, new string('y', 8000) + "\n");
                    while (true)
                    {
                        await stream.WriteAsync(frame);
                    }
                },
            }
            : null);
        Outcome outcome = await CommandLine.RunAsync("/bin/bash", daemon.Address, null, "-c", $"'{CommandLine.Berth}' logs c | head -c 5; echo ${{PIPESTATUS[0]}}");
        Assert.Equal(new Outcome(0, "yyyyy141\n", ""), outcome);
    }
}
