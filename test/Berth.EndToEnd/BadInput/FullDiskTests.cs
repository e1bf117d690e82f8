using System.Net;
using System.Text.Json;
using Berth.TestHost;
using Berth.TestHost.Fakes;

namespace Berth.EndToEnd.BadInput;

/// <summary>A data root without space: what needs some fails with the kernel's sentence and leaves nothing; what gives some back works.</summary>
public sealed class FullDiskTests
{
    private const Needs Required = DockerFixture.Required | Needs.LoopDevice;
    private const string Sentence = "no space left on device";

    /// <summary>What the state database may have grown by, in bytes.</summary>
    private const long Slack = 1 << 20;

    [LinuxFact(Required)]
    public async Task Pull_of_an_image_too_large_leaves_nothing_and_works_once_there_is_space()
    {
        await using SmallDisk disk = await SmallDisk.CreateAsync(64);
        await using DaemonProcess daemon = await DaemonProcess.StartNewOnAsync(disk);
        await using var registry = new FakeRegistry();
        registry.AddImage("small", [Layer(10, 1)]);
        registry.AddImage("large", [Layer(12, 2), Layer(12, 3)]);
        string name = $"{registry.Domain}/team/app";
        (await daemon.DockerAsync("pull", "-q", $"{name}:small")).Succeeds();
        long free = disk.FreeBytes;

        CommandResult pull = await daemon.DockerAsync("pull", $"{name}:large");
        Assert.Equal(1, pull.ExitCode);
        Assert.Contains(Sentence, pull.Error, StringComparison.Ordinal);
        await IsFreeAgainAsync(disk, free);
        Assert.Equal($"{name}:small", (await daemon.DockerAsync("images", "-a", "--format", "{{.Repository}}:{{.Tag}}")).Succeeds().Text);
        Assert.Empty(daemon.Mounts());

        (await daemon.DockerAsync("rmi", $"{name}:small")).Succeeds();
        (await daemon.DockerAsync("pull", "-q", $"{name}:large")).Succeeds();
    }

    [LinuxFact(Required)]
    public async Task Import_of_an_archive_too_large_leaves_nothing()
    {
        await using SmallDisk disk = await SmallDisk.CreateAsync(32);
        await using DaemonProcess daemon = await DaemonProcess.StartNewOnAsync(disk);
        using var scratch = new ScratchDirectory();
        string archive = scratch.File("large.tar");
        await File.WriteAllBytesAsync(archive, Layer(30, 1), TestContext.Current.CancellationToken);
        long free = disk.FreeBytes;

        CommandResult import = await daemon.DockerAsync("import", archive, "large:1");
        Assert.Equal(1, import.ExitCode);
        Assert.Contains(Sentence, import.Error, StringComparison.Ordinal);
        await IsFreeAgainAsync(disk, free);
        Assert.Equal("", (await daemon.DockerAsync("images", "-aq")).Succeeds().Text);
        (await daemon.DockerAsync("import", Machine.BusyboxArchive, "busybox:latest")).Succeeds();
    }

    [LinuxFact(Required)]
    public async Task Whatever_makes_something_fails_with_500_and_leaves_nothing()
    {
        await using SmallDisk disk = await SmallDisk.CreateAsync(32);
        await using DaemonProcess daemon = await DaemonProcess.StartNewOnAsync(disk);
        (await daemon.DockerAsync("import", Machine.BusyboxArchive, "busybox:latest")).Succeeds();
        (await daemon.DockerAsync("run", "--name", "changed", "busybox", "dd", "if=/dev/urandom", "of=/data", "bs=64k", "count=16")).Succeeds();
        disk.Fill();

        using HttpClient http = daemon.Connect();
        await IsRefusedAsync(http, "/v1.41/containers/create?name=new", """{"Image":"busybox","Cmd":["true"],"Volumes":{"/anonymous":{}}}""");
        await IsRefusedAsync(http, "/v1.41/volumes/create", """{"Name":"new"}""");
        await IsRefusedAsync(http, "/v1.41/commit?container=changed&repo=new", "{}");
        await FailsAsync(daemon, 125, "run", "--rm", "busybox", "true");
        await FailsAsync(daemon, 1, "volume", "create", "new");
        await FailsAsync(daemon, 1, "commit", "changed", "new");
        (await daemon.DockerAsync("info")).Succeeds();
        await NothingIsNewAsync(daemon);

        await daemon.KillAsync();
        await daemon.StartAsync();
        await NothingIsNewAsync(daemon);

        disk.Free();
        (await daemon.DockerAsync("volume", "create", "new")).Succeeds();
        (await daemon.DockerAsync("commit", "changed", "new")).Succeeds();
        Assert.Equal("ok", (await daemon.DockerAsync("run", "--rm", "-v", "new:/volume", "new", "echo", "ok")).Succeeds().Text);
    }

    [LinuxFact(Required)]
    public async Task A_log_that_fills_the_disk_stops_neither_container_nor_daemon()
    {
        await using SmallDisk disk = await SmallDisk.CreateAsync(32);
        await using DaemonProcess daemon = await DaemonProcess.StartNewOnAsync(disk);
        (await daemon.DockerAsync("import", Machine.BusyboxArchive, "busybox:latest")).Succeeds();
        (await daemon.DockerAsync("create", "--name", "removed", "busybox", "true")).Succeeds();
        long free = disk.FreeBytes;

        // Both have started when the first of them begins.
        (await daemon.DockerAsync("run", "-d", "--name", "chatty", "busybox", "sh", "-c", "sleep 3; yes | head -c 40000000; exit 7")).Succeeds();
        (await daemon.DockerAsync("run", "-d", "--name", "endless", "busybox", "sh", "-c", "sleep 3; exec yes")).Succeeds();

        Assert.Equal("7", (await daemon.DockerAsync("wait", "chatty")).Succeeds().Text);
        await EventuallyAsync(() => disk.FreeBytes < 64 << 10);
        Assert.Equal("exited 7", (await daemon.DockerAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "chatty")).Succeeds().Text);
        Assert.Equal("true", (await daemon.DockerAsync("inspect", "-f", "{{.State.Running}}", "endless")).Succeeds().Text);
        Assert.StartsWith("y", (await daemon.DockerAsync("logs", "--tail", "20", "chatty")).Succeeds().Text, StringComparison.Ordinal);
        string log = (await daemon.DockerAsync("inspect", "-f", "{{.LogPath}}", "chatty")).Succeeds().Text;
        Assert.True(File.ReadLines(log).Count(line => line.Length == 0) <= 1, "what could not be written left empty lines");

        // The way out of it goes through the daemon.
        (await daemon.DockerAsync("stop", "-t", "0", "endless")).Succeeds();
        (await daemon.DockerAsync("rm", "removed")).Succeeds();
        await daemon.KillAsync();
        await daemon.StartAsync();
        Assert.Equal("exited 7", (await daemon.DockerAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "chatty")).Succeeds().Text);
        (await daemon.DockerAsync("rm", "chatty", "endless")).Succeeds();
        await IsFreeAgainAsync(disk, free);
        Assert.Equal("ok", (await daemon.DockerAsync("run", "--rm", "busybox", "echo", "ok")).Succeeds().Text);
        await EventuallyAsync(() => daemon.Mounts().Count == 0);
    }

    [LinuxFact(Required)]
    public async Task Images_containers_and_volumes_are_removed_from_a_full_disk()
    {
        await using SmallDisk disk = await SmallDisk.CreateAsync(32);
        await using DaemonProcess daemon = await DaemonProcess.StartNewOnAsync(disk);
        (await daemon.DockerAsync("import", Machine.BusyboxArchive, "busybox:latest")).Succeeds();
        (await daemon.DockerAsync("run", "-d", "--name", "running", "-v", "data:/data", "busybox", "sleep", "1000")).Succeeds();
        disk.Fill();
        await daemon.StopAsync();
        await daemon.StartAsync();

        (await daemon.DockerAsync("rm", "-f", "running")).Succeeds();
        (await daemon.DockerAsync("volume", "rm", "data")).Succeeds();
        (await daemon.DockerAsync("rmi", "busybox")).Succeeds();
        await EventuallyAsync(() => disk.FreeBytes > 2 << 20);
        await EventuallyAsync(() => daemon.Mounts().Count == 0);
    }

    [LinuxFact(Required)]
    public async Task Push_to_a_registry_on_a_full_disk_fails_and_works_once_there_is_space()
    {
        await using SmallDisk disk = await SmallDisk.CreateAsync(32);
        await using RegistryProcess registry = await RegistryProcess.StartNewOnAsync(disk);
        await using DaemonProcess daemon = await DaemonProcess.StartNewAsync();
        using var scratch = new ScratchDirectory();
        foreach ((string name, int megabytes) in (IEnumerable<(string, int)>)[("small", 4), ("large", 50)])
        {
            await File.WriteAllBytesAsync(scratch.File(name), Layer(megabytes, megabytes), TestContext.Current.CancellationToken);
            (await daemon.DockerAsync("import", scratch.File(name), $"{registry.Address}/team/{name}:1")).Succeeds();
        }

        long free = disk.FreeBytes;
        CommandResult push = await daemon.DockerAsync("push", $"{registry.Address}/team/large:1");
        Assert.Equal(1, push.ExitCode);
        Assert.Contains(Sentence, push.Error, StringComparison.Ordinal);
        await IsFreeAgainAsync(disk, free);

        disk.Fill();
        push = await daemon.DockerAsync("push", $"{registry.Address}/team/small:1");
        Assert.Equal(1, push.ExitCode);
        Assert.Contains(Sentence, push.Error, StringComparison.Ordinal);
        using var http = new HttpClient();
        using HttpResponseMessage alive = await http.GetAsync(new Uri($"http://{registry.Address}/v2/"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);

        disk.Free();
        (await daemon.DockerAsync("push", $"{registry.Address}/team/small:1")).Succeeds();
        (await daemon.DockerAsync("rmi", $"{registry.Address}/team/small:1")).Succeeds();
        (await daemon.DockerAsync("pull", $"{registry.Address}/team/small:1")).Succeeds();
    }

    /// <summary>A layer of one file that does not compress well.</summary>
    private static byte[] Layer(int megabytes, int seed) =>
        new LayerBuilder().File($"noise-{seed}", TestImages.Noise(megabytes << 20, seed)).ToArray();

    private static async Task IsRefusedAsync(HttpClient http, string path, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await http.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.InternalServerError, $"{path}: {(int)answer.StatusCode} {text}");
        Assert.Contains(Sentence, JsonDocument.Parse(text).RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static async Task FailsAsync(DaemonProcess daemon, int exitCode, params string[] arguments)
    {
        CommandResult result = await daemon.DockerAsync(arguments);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(Sentence, result.Error, StringComparison.Ordinal);
    }

    private static async Task NothingIsNewAsync(DaemonProcess daemon)
    {
        Assert.Equal("changed", (await daemon.DockerAsync("ps", "-a", "--format", "{{.Names}}")).Succeeds().Text);
        Assert.Equal("", (await daemon.DockerAsync("volume", "ls", "-q")).Succeeds().Text);
        Assert.Equal("busybox", (await daemon.DockerAsync("images", "--format", "{{.Repository}}")).Succeeds().Text);
        Assert.Single(Directory.GetDirectories(Path.Combine(daemon.DataRoot, "containers")));
        Assert.Empty(Directory.GetDirectories(Path.Combine(daemon.DataRoot, "volumes")));
        await EventuallyAsync(() => daemon.Mounts().Count == 0);
    }

    private static Task IsFreeAgainAsync(SmallDisk disk, long before) => EventuallyAsync(() => disk.FreeBytes >= before - Slack);

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        for (int i = 0; i < 100 && !condition(); i++)
        {
            await Task.Delay(100);
        }

        Assert.True(condition());
    }
}
