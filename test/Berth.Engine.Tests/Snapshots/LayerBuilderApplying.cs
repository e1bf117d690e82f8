using Berth.Engine.Snapshots;
using Berth.TestHost.Fakes;

namespace Berth.Engine.Tests.Snapshots;

internal static class LayerBuilderApplying
{
    public static AppliedLayer ApplyTo(this LayerBuilder layer, string directory, WhiteoutStyle style = WhiteoutStyle.Mark) =>
        LayerApplier.Apply(new MemoryStream(layer.ToArray()), directory, style, CancellationToken.None);
}
