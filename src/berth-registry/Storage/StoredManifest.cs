using Berth.Oci;

namespace Berth.Registry.Storage;

/// <summary>A manifest as it was pushed: these bytes, called this.</summary>
internal sealed record StoredManifest(Digest Digest, string MediaType, byte[] Content);
