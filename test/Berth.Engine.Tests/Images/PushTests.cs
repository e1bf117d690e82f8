using System.Net;
using System.Text.Json;
using Berth.Api;
using Berth.Api.Images;
using Berth.Engine.Images;
using Berth.Registry;
using Berth.TestHost;
using Berth.TestHost.Fakes;

namespace Berth.Engine.Tests.Images;

/// <summary>Against our own registry, which is told nothing that the specification does not say.</summary>
public sealed class PushTests : IAsyncLifetime
{
    private readonly ScratchDirectory _scratch = new();
    private readonly ImageHost _host = new();
    private RegistryApp _registry = null!;

    private static byte[] Root { get; } = new LayerBuilder().File("f", TestImages.Noise(200_000, 5)).ToArray();

    private string Domain => $"127.0.0.1:{_registry.Address.Port}";

    public async ValueTask InitializeAsync() => _registry = await RegistryApp.StartAsync(new RegistryOptions { Address = new IPEndPoint(IPAddress.Loopback, 0), Root = _scratch.File("registry") }, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        _host.Dispose();
        await _registry.DisposeAsync();
        _scratch.Dispose();
    }

    [LinuxFact(Needs.Root)]
    public async Task An_image_made_here_is_pushed_compressed_and_pulled_elsewhere()
    {
        await _host.ImportAsync(Root, $"{Domain}/app", "1", "CMD [\"x\"]");
        ResolvedImage own = await _host.Images.ResolveAsync($"{Domain}/app:1", null, CancellationToken.None);
        List<JsonMessage> messages = await _host.PushAsync($"{Domain}/app", "1");
        Assert.Equal($"The push refers to repository [{Domain}/app]", messages[0].Status);
        Assert.Equal(["Preparing", "Pushing", "Pushed"],
            messages.Where(m => m.Id == own.Config.RootFs.DiffIds[0].Hex[..12]).Select(m => m.Status!).Distinct());
        PushResult result = Aux(messages);
        Assert.Equal($"1: digest: {result.Digest} size: {result.Size}", messages[^2].Status);
        Assert.Equal([$"{Domain}/app@{result.Digest}"], (await _host.Images.InspectAsync($"{Domain}/app:1", null, false, CancellationToken.None)).RepoDigests);

        using var elsewhere = new ImageHost();
        await elsewhere.PullAsync($"{Domain}/app", "1");
        ResolvedImage pulled = await elsewhere.Images.ResolveAsync($"{Domain}/app:1", null, CancellationToken.None);
        Assert.Equal(own.ConfigDigest, pulled.ConfigDigest);
        Assert.Equal(result.Digest, pulled.Id.ToString());
        Assert.Equal(own.ChainIds, pulled.ChainIds);
    }

    [LinuxFact(Needs.Root)]
    public async Task A_second_push_transfers_nothing_and_has_the_same_digest()
    {
        await _host.ImportAsync(Root, $"{Domain}/app", "1");
        PushResult first = Aux(await _host.PushAsync($"{Domain}/app", "1"));
        _host.Reopen();
        List<JsonMessage> messages = await _host.PushAsync($"{Domain}/app", "1");
        Assert.Contains(messages, m => m.Status == "Layer already exists");
        Assert.DoesNotContain(messages, m => m.Status is "Pushing" or "Pushed");
        Assert.Equal(first, Aux(messages));
    }

    [LinuxFact(Needs.Root)]
    public async Task Pulling_what_was_pushed_from_here_is_up_to_date()
    {
        string id = await _host.ImportAsync(Root, $"{Domain}/app", "1");
        await _host.PushAsync($"{Domain}/app", "1");
        List<JsonMessage> messages = await _host.PullAsync($"{Domain}/app", "1");
        Assert.Equal($"Status: Image is up to date for {Domain}/app:1", messages[^1].Status);
        Assert.Equal(id, (await _host.Images.ResolveAsync($"{Domain}/app:1", null, CancellationToken.None)).Id.ToString());
    }

    [LinuxFact(Needs.Root)]
    public async Task A_pulled_image_is_pushed_with_its_own_bytes()
    {
        await _host.ImportAsync(Root, $"{Domain}/app", "1");
        PushResult first = Aux(await _host.PushAsync($"{Domain}/app", "1"));
        using var elsewhere = new ImageHost();
        await elsewhere.PullAsync($"{Domain}/app", "1");
        await elsewhere.Images.TagAsync($"{Domain}/app:1", $"{Domain}/copy", "2", CancellationToken.None);
        List<JsonMessage> messages = await elsewhere.PushAsync($"{Domain}/copy", "2");
        Assert.Equal(first.Digest, Aux(messages).Digest);
        Assert.Contains(messages, m => m.Status == "Mounted from app");
    }

    [LinuxFact(Needs.Root)]
    public async Task Removing_a_pushed_image_removes_its_compressed_form_too()
    {
        await _host.ImportAsync(Root, $"{Domain}/app", "1");
        await _host.PushAsync($"{Domain}/app", "1");
        Assert.True(_host.ContentFiles().Count() > 3);
        await _host.Images.RemoveAsync($"{Domain}/app:1", false, true, CancellationToken.None);
        Assert.Empty(_host.ContentFiles());
    }

    [LinuxFact(Needs.Root)]
    public async Task What_is_not_here_cannot_be_pushed()
    {
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => _host.PushAsync($"{Domain}/nothing", "1"));
        Assert.Equal((ErrorKind.NotFound, $"An image does not exist locally with the tag: {Domain}/nothing"), (e.Kind, e.Message));
        await _host.ImportAsync(Root, $"{Domain}/app", "1");
        e = await Assert.ThrowsAsync<EngineException>(() => _host.PushAsync($"{Domain}/app", "2"));
        Assert.Equal($"tag does not exist: {Domain}/app:2", e.Message);
    }

    [LinuxFact(Needs.Root)]
    public async Task All_tags_of_a_repository_are_pushed_where_none_is_named()
    {
        await _host.ImportAsync(Root, $"{Domain}/app", "1");
        await _host.Images.TagAsync($"{Domain}/app:1", $"{Domain}/app", "2", CancellationToken.None);
        List<JsonMessage> messages = await _host.PushAsync($"{Domain}/app", null);
        Assert.Equal(2, messages.Count(m => m.Aux is not null));
    }

    private static PushResult Aux(List<JsonMessage> messages) => messages[^1].Aux!.Value.Deserialize(ApiJson.Default.PushResult)!;
}
