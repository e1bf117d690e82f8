using Berth.Api;
using Berth.Api.Volumes;

namespace Berth.Engine.Volumes;

/// <summary>Named and anonymous volumes of the local driver.</summary>
public sealed partial class VolumeService
{
    internal VolumeService()
    {
    }

    internal void Restore() => throw new NotImplementedException();

    public VolumeListResponse List(Filters filters) => throw new NotImplementedException();

    public Volume Inspect(string name) => throw new NotImplementedException();

    public Task<Volume> CreateAsync(VolumeCreateRequest request, CancellationToken ct) => throw new NotImplementedException();

    public Task RemoveAsync(string name, bool force, CancellationToken ct) => throw new NotImplementedException();
}
