namespace Berth.Engine.Tests.Containers;

/// <summary>What the engine says to a request that it does not carry out.</summary>
internal static class Refusal
{
    public static async Task AssertAsync(ErrorKind kind, string sentence, Func<Task> request)
    {
        EngineException refusal = await Assert.ThrowsAsync<EngineException>(request);
        Assert.Equal((kind, sentence), (refusal.Kind, refusal.Message));
    }
}
