using System.Text.Json;
using Berth.Api;
using Berth.Api.Volumes;

namespace Berth.Client;

public sealed partial class BerthClient
{
    public VolumeListResponse ListVolumes(Filters? filters = null) =>
        Get("/volumes" + new QueryString().Add("filters", filters), ApiJson.Default.VolumeListResponse);

    public JsonElement InspectVolumeRaw(string name) => GetRaw($"/volumes/{Escape(name)}");

    public Volume CreateVolume(VolumeCreateRequest request) =>
        Read(SendJson("POST", "/volumes/create", request, ApiJson.Default.VolumeCreateRequest), ApiJson.Default.Volume);

    public VolumePruneResponse PruneVolumes(Filters? filters = null) =>
        Read(Send("POST", "/volumes/prune" + new QueryString().Add("filters", filters)), ApiJson.Default.VolumePruneResponse);

    public void RemoveVolume(string name, bool force = false) =>
        Do("DELETE", $"/volumes/{Escape(name)}" + new QueryString().Add("force", force));
}
