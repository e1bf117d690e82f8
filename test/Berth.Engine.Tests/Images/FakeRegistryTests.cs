using Berth.TestHost.Fakes;

namespace Berth.Engine.Tests.Images;

public sealed class FakeRegistryTests
{
    /// <summary>An end that never comes would hold up all tests behind it, and tell nobody which one it was.</summary>
    [Fact]
    public async Task It_ends_however_short_before_it_has_answered()
    {
        using var client = new HttpClient();
        for (int round = 0; round < 200; round++)
        {
            var registry = new FakeRegistry();
            Task<HttpResponseMessage>[] requests = [.. Enumerable.Range(0, 4).Select(_ => client.GetAsync($"http://{registry.Domain}/v2/"))];
            await await Task.WhenAny(requests);

            await registry.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

            await Task.WhenAll(requests).ContinueWith(_ => { }, TaskScheduler.Default); // those that came too late are refused
        }
    }
}
