using System.IO.Pipelines;
using System.Text;
using Berth.Api.Streams;
using Berth.Runtime;

namespace Berth.Engine.Containers;

/// <summary>A client's part in an exec, which starts when the connection is its own.</summary>
internal sealed class ExecSession(ExecProcess exec, ExecLauncher launcher, ContainerEvents events, DetachKeys keys, (int Rows, int Columns) consoleSize) : StreamSession
{
    public override bool Terminal => exec.Request.Tty;

    public override async Task RunAsync(IDuplexPipe connection, CancellationToken ct)
    {
        IAttachment? attachment;
        try
        {
            attachment = await launcher.StartAsync(exec, attach: true, consoleSize, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RuntimeFailureException or EngineException)
        {
            // the answer's head is out: dockerd says it on the stream, too
            WriteText(connection.Output, e.Message + "\r\n");
            await connection.Output.FlushAsync(ct).ConfigureAwait(false);
            return;
        }

        if (attachment is null)
        {
            return;
        }

        await using (attachment.ConfigureAwait(false))
        {
            var pump = new StreamPump(attachment, connection)
            {
                Stdin = exec.Request.AttachStdin,
                CloseStdin = !Terminal,
                Keys = Terminal ? keys : null,
            };
            if (await pump.RunAsync(ct).ConfigureAwait(false) is PumpEnd.Detached)
            {
                events.Publish(exec.Container, "exec_detach", new KeyValuePair<string, string>("execID", exec.Id));
                return;
            }

            // the client asks for the exit code next: it has to be there
            await exec.Ended.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    public override ValueTask DisposeAsync()
    {
        exec.Release();
        return ValueTask.CompletedTask;
    }

    private void WriteText(PipeWriter output, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (!Terminal)
        {
            StdStreamFrame.WriteHeader(output.GetSpan(StdStreamFrame.HeaderLength)[..StdStreamFrame.HeaderLength], StdStream.Stdout, bytes.Length);
            output.Advance(StdStreamFrame.HeaderLength);
        }

        bytes.CopyTo(output.GetSpan(bytes.Length));
        output.Advance(bytes.Length);
    }
}
