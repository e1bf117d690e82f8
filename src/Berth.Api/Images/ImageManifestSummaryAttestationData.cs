namespace Berth.Api.Images;

public sealed record ImageManifestSummaryAttestationData
{
    public string For { get; init => field = value ?? ""; } = "";
}
