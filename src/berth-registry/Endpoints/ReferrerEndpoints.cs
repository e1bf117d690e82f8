using System.Text.Encodings.Web;
using System.Text.Json;
using Berth.Oci;
using Berth.Registry.Storage;

namespace Berth.Registry.Endpoints;

/// <summary>Who refers to a manifest. Source: OCI distribution-spec, "Listing Referrers".</summary>
internal static class ReferrerEndpoints
{
    private const int LargestPage = 500;

    // Media types are full of "+"; nothing here ends up in a web page.
    private static readonly OciJson Json = new(new JsonSerializerOptions(OciJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static Task ListAsync(RegistryRequest request)
    {
        Digest subject = request.RequireDigest();
        int size = Math.Max(request.PageSize(LargestPage), 1);
        Digest? after = request.Query("last") is { } last ? RegistryRequest.RequireDigest(last) : null;
        IReadOnlyList<Digest> page = request.Storage.ListReferrers(request.Repository, subject, after, size + 1);
        string? artifactType = request.Query("artifactType");
        if (page.Count > size)
        {
            page = [.. page.Take(size)];
            string filter = artifactType is null ? "" : $"&artifactType={Uri.EscapeDataString(artifactType)}";
            request.LinkNext($"last={page[^1]}&n={size}{filter}");
        }

        List<Descriptor> descriptors = [.. page.Select(digest => Describe(request, digest)).OfType<Descriptor>()];
        if (after is null)
        {
            AddTagged(request, subject, descriptors);
        }

        if (!string.IsNullOrEmpty(artifactType))
        {
            descriptors.RemoveAll(descriptor => descriptor.ArtifactType != artifactType);
            request.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        }

        var index = new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = descriptors };
        return request.WriteJsonAsync(index, Json.ImageIndex, MediaTypes.OciIndex);
    }

    // Null where it was deleted since it was listed.
    private static Descriptor? Describe(RegistryRequest request, Digest digest) =>
        request.Storage.ReadManifest(request.Repository, digest) is { } manifest
            ? ManifestContent.Parse(manifest.Content, manifest.MediaType).Describe(manifest) : null;

    /// <summary>Clients that knew no referrers kept them in an index under this tag. Source: OCI distribution-spec, "Referrers Tag Schema".</summary>
    private static void AddTagged(RegistryRequest request, Digest subject, List<Descriptor> descriptors)
    {
        string tag = RegistryPaths.NameOf(subject) is { Length: > 128 } name ? name[..128] : RegistryPaths.NameOf(subject);
        if (request.Storage.ReadManifest(request.Repository, tag) is not { MediaType: MediaTypes.OciIndex } manifest)
        {
            return;
        }

        ImageIndex? index = JsonSerializer.Deserialize(manifest.Content, OciJson.Default.ImageIndex);
        descriptors.AddRange((index?.Manifests ?? []).ExceptBy(descriptors.Select(known => known.Digest), tagged => tagged.Digest));
    }
}
