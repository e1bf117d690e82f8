using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Berth.Api.Containers;
using Berth.Runtime;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Containers;

/// <summary>Checks the health of running containers: a process in the container, over and over. Source: moby 28, daemon/health.go.</summary>
internal sealed class HealthMonitor(ContainerStore store, ContainerEvents events, ExecLauncher execs, TimeProvider time, ILogger<HealthMonitor> logger)
{
    /// <summary>Bytes of a check's output that are kept.</summary>
    private const int MaximumOutput = 4096;

    /// <summary>A check that could not be made, or took too long.</summary>
    private const int NoExitCode = -1;

    /// <summary>Begins to check a container that was started or taken up, where it has a check. Ends with the process.</summary>
    public void Begin(Container container, IContainerTask task, CancellationToken detached)
    {
        if (HealthProbe.Of(container.Spec.Config) is { } probe)
        {
            _ = RunAsync(container, task, probe, detached);
        }
    }

    private async Task RunAsync(Container container, IContainerTask task, HealthProbe probe, CancellationToken detached)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(detached);
        _ = task.Exited.ContinueWith(_ => Cancel(end), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            while (true)
            {
                await Task.Delay(probe.NextIn(AgeOf(container), container.State.Health?.Status ?? HealthStatus.Starting), time, end.Token).ConfigureAwait(false);
                if (container.State.Status == ContainerStatus.Running)
                {
                    HealthcheckResult result = await CheckAsync(container, probe, end.Token).ConfigureAwait(false);
                    await RecordAsync(container, task, probe, result, end.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The container exited, or the daemon ends.
        }
        catch (Exception e)
        {
            Log.HealthNotChecked(logger, container.Id, e);
        }
    }

    /// <summary>The source may be disposed of already: the monitor ended before the container.</summary>
    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Nothing to end.
        }
    }

    private TimeSpan AgeOf(Container container) => time.GetUtcNow() - (container.State.StartedAt ?? time.GetUtcNow());

    private async Task<HealthcheckResult> CheckAsync(Container container, HealthProbe probe, CancellationToken ct)
    {
        DateTimeOffset start = time.GetUtcNow();
        (int exitCode, string output) = await ExecuteAsync(container, probe, ct).ConfigureAwait(false);
        return new HealthcheckResult { Start = GoTime.Format(start), End = GoTime.Format(time.GetUtcNow()), ExitCode = exitCode, Output = output };
    }

    private async Task<(int ExitCode, string Output)> ExecuteAsync(Container container, HealthProbe probe, CancellationToken ct)
    {
        var exec = new ExecProcess(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            container,
            new ExecCreateRequest { Cmd = probe.Command, AttachStdout = true, AttachStderr = true },
            time.GetUtcNow());
        exec.Claim();
        events.Publish(container, "exec_create: " + string.Join(' ', probe.Command), new KeyValuePair<string, string>("execID", exec.Id));
        try
        {
            IAttachment? attachment = await execs.StartAsync(exec, attach: true, (0, 0), ct).ConfigureAwait(false);
            if (attachment is null)
            {
                return (await exec.Ended.WaitAsync(ct).ConfigureAwait(false), "");
            }

            await using (attachment.ConfigureAwait(false))
            {
                return await FinishAsync(exec, attachment, probe.Timeout, ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is RuntimeFailureException or EngineException or IOException)
        {
            return (NoExitCode, e.Message);
        }
    }

    private async Task<(int ExitCode, string Output)> FinishAsync(ExecProcess exec, IAttachment attachment, TimeSpan timeout, CancellationToken ct)
    {
        var output = new MemoryStream();
        Task reading = ReadAsync(attachment.Stream, output, ct);
        try
        {
            int exitCode = await exec.Ended.WaitAsync(timeout, time, ct).ConfigureAwait(false);
            await reading.ConfigureAwait(false);
            return (exitCode, Text(output));
        }
        catch (TimeoutException)
        {
            if (await exec.Started.ConfigureAwait(false) is { } process)
            {
                await process.SignalAsync(Signals.Kill, ct).ConfigureAwait(false);
            }

            await reading.ConfigureAwait(false);
            string said = Text(output);
            return (NoExitCode, $"Health check exceeded timeout ({GoTime.Format(timeout)}){(said.Length > 0 ? ": " : "")}{said}");
        }
    }

    /// <summary>Both streams in one, as much as is kept of it; the rest is read and forgotten.</summary>
    private static async Task ReadAsync(Stream frames, MemoryStream output, CancellationToken ct)
    {
        byte[] header = new byte[8];
        byte[] payload = new byte[4096];
        while (await frames.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false) == header.Length)
        {
            int left = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4));
            while (left > 0)
            {
                int count = await frames.ReadAsync(payload.AsMemory(0, Math.Min(left, payload.Length)), ct).ConfigureAwait(false);
                if (count == 0)
                {
                    return;
                }

                left -= count;
                output.Write(payload, 0, (int)Math.Min(count, MaximumOutput + 1 - output.Length));
            }
        }
    }

    private static string Text(MemoryStream output)
    {
        string text = Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)Math.Min(output.Length, MaximumOutput));
        return output.Length > MaximumOutput ? text + "..." : text;
    }

    private async Task RecordAsync(Container container, IContainerTask task, HealthProbe probe, HealthcheckResult result, CancellationToken ct)
    {
        using (await container.LockAsync(ct).ConfigureAwait(false))
        {
            ContainerRunState state = container.State;
            if (container.Task != task || state.Health is not { } before)
            {
                return;
            }

            Health after = probe.After(before, result, DateTimeOffset.Parse(result.Start, null) - (state.StartedAt ?? default));
            container.State = state with { Health = after };
            if (after.Status != before.Status)
            {
                store.TrySave(container);
                Log.HealthChanged(logger, container.Id, after.Status);
                events.Publish(container, "health_status: " + after.Status);
            }
        }
    }
}
