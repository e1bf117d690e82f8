using Berth.TestHost;
using static Berth.EndToEnd.DockerFixture;

namespace Berth.EndToEnd.Clients;

/// <summary>docker-py, as Debian ships it.</summary>
public sealed class DockerPyTests(DockerFixture docker)
{
    private const string Script = """
        import docker
        client = docker.from_env()
        assert client.ping()
        assert client.containers.run("busybox", ["echo", "hello"], remove=True) == b"hello\n"
        try:
            client.containers.run("busybox", ["sh", "-c", "echo bad >&2; exit 3"], remove=True)
            raise AssertionError("no error")
        except docker.errors.ContainerError as e:
            assert e.exit_status == 3 and b"bad" in e.stderr, e
        c = client.containers.run("busybox", ["sh", "-c", "echo up; exec sleep 1000"], detach=True, labels={"by": "py"}, ports={"80/tcp": ("127.0.0.1", None)})
        assert c.exec_run(["sh", "-c", "echo out; echo err >&2; exit 7"], demux=True) == (7, (b"out\n", b"err\n"))
        code, stream = c.exec_run(["sh", "-c", "for i in 1 2 3; do echo $i; done"], stream=True)
        assert b"".join(stream) == b"1\n2\n3\n"
        sock = client.api.exec_start(client.api.exec_create(c.id, ["cat"], stdin=True)["Id"], socket=True)
        sock._sock.sendall(b"through\n")
        import socket as s
        sock._sock.shutdown(s.SHUT_WR)
        data = b""
        while True:
            piece = sock._sock.recv(4096)
            if not piece:
                break
            data += piece
        assert data[8:] == b"through\n", data
        c.reload()
        assert c.status == "running" and c.labels == {"by": "py"}
        assert int(c.ports["80/tcp"][0]["HostPort"]) > 0
        assert c.logs() == b"up\n"
        assert [x.id for x in client.containers.list(filters={"label": "by=py"})] == [c.id]
        c.stop(timeout=0)
        assert c.wait()["StatusCode"] == 137
        c.remove()
        v = client.volumes.create("from-py")
        assert client.volumes.get("from-py").name == "from-py"
        v.remove()
        n = client.networks.create("from-py", driver="bridge")
        assert n.name in [x.name for x in client.networks.list()]
        n.remove()
        assert "busybox:latest" in client.images.get("busybox").tags
        try:
            client.containers.get("nosuch")
            raise AssertionError("no error")
        except docker.errors.NotFound:
            pass
        print("all right")
        """;

    [LinuxFact(Required | Needs.Python)]
    public async Task Script_of_a_python_user_works()
    {
        CommandResult result = await ChildProcess.RunAsync("/usr/bin/python3", ["-c", Script], docker.Daemon.ClientEnvironment());
        Assert.Equal("all right", result.Succeeds().Text);
    }
}
