using Berth.TestHost;
using Docker.DotNet;
using Docker.DotNet.Models;
using static Berth.EndToEnd.DockerFixture;

namespace Berth.EndToEnd.Clients;

/// <summary>Docker.DotNet: start, exec, logs, stop.</summary>
public sealed class DockerDotNetTests(DockerFixture docker)
{
    [LinuxFact(Required)]
    public async Task Container_is_started_asked_and_stopped()
    {
        using DockerClient client = new DockerClientBuilder().WithEndpoint(new Uri(docker.Daemon.Host)).Build();
        CancellationToken ct = TestContext.Current.CancellationToken;
        string name = docker.Name("dotnet");
        CreateContainerResponse created = await client.Containers.CreateContainerAsync(
            new CreateContainerParameters { Name = name, Image = "busybox", Cmd = ["sh", "-c", "echo started; exec sleep 1000"], Env = ["A=b"] }, ct);
        Assert.True(await client.Containers.StartContainerAsync(created.ID, new ContainerStartParameters(), ct));
        Assert.False(await client.Containers.StartContainerAsync(created.ID, new ContainerStartParameters(), ct));   // 304

        ContainerInspectResponse inspect = await client.Containers.InspectContainerAsync(created.ID, ct);
        Assert.Equal(("/" + name, true), (inspect.Name, inspect.State?.Running));

        ContainerExecCreateResponse exec = await client.Exec.CreateContainerExecAsync(
            created.ID, new ContainerExecCreateParameters { Cmd = ["sh", "-c", "echo out $A; echo err >&2; exit 5"], AttachStdout = true, AttachStderr = true }, ct);
        using (MultiplexedStream stream = await client.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters(), ct))
        {
            (string output, string error) = await stream.ReadOutputToEndAsync(ct);
            Assert.Equal(("out b\n", "err\n"), (output, error));
        }

        Assert.Equal(5, (await client.Exec.InspectContainerExecAsync(exec.ID, ct)).ExitCode);

        using (MultiplexedStream logs = await client.Containers.GetContainerLogsAsync(
            created.ID, new ContainerLogsParameters { ShowStdout = true, ShowStderr = true }, ct))
        {
            Assert.Equal("started\n", (await logs.ReadOutputToEndAsync(ct)).stdout);
        }

        Assert.True(await client.Containers.StopContainerAsync(created.ID, new ContainerStopParameters { WaitBeforeKillSeconds = 0 }, ct));
        ContainerWaitResponse wait = await client.Containers.WaitContainerAsync(created.ID, ct);
        Assert.Equal(137, wait.StatusCode);
        await client.Containers.RemoveContainerAsync(created.ID, new ContainerRemoveParameters(), ct);
        await Assert.ThrowsAsync<DockerContainerNotFoundException>(() => client.Containers.InspectContainerAsync(created.ID, ct));
    }
}
