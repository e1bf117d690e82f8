using Berth.Oci.Content;
using Berth.TestHost;

namespace Berth.Oci.Tests.Content;

public sealed class LocalContentStoreTests : ContentStoreContract, IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly List<string> _synchronized = [];

    public LocalContentStoreTests() => Store = Open();

    protected override IContentStore Store { get; }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_blob_has_its_place_in_the_OCI_layout_and_nothing_else_stays()
    {
        Digest digest = await Store.WriteAsync("content"u8.ToArray(), CancellationToken.None);
        Assert.Equal([_scratch.File($"blobs/sha256/{digest.Hex}")], Directory.GetFiles(_scratch.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_directory_is_synchronised_after_the_rename()
    {
        await Store.WriteAsync("content"u8.ToArray(), CancellationToken.None);
        Assert.Equal([_scratch.File("blobs/sha256")], _synchronized);
    }

    [Fact]
    public async Task What_a_killed_process_left_is_removed_at_start_but_the_beginning_of_a_transfer()
    {
        Digest cut = Digest.Of("cut"u8);
        await File.WriteAllTextAsync(_scratch.File("ingest/17"), "half a blob");
        await File.WriteAllTextAsync(_scratch.File($"ingest/{cut.Hex}.partial"), "c");
        Open();
        Assert.Equal([_scratch.File($"ingest/{cut.Hex}.partial")], Directory.GetFiles(_scratch.File("ingest")));
    }

    [Fact]
    public async Task The_beginning_of_a_transfer_is_not_kept_forever()
    {
        string partial = _scratch.File($"ingest/{Digest.Of("old"u8).Hex}.partial");
        await File.WriteAllTextAsync(partial, "o");
        File.SetLastWriteTimeUtc(partial, TimeProvider.System.GetUtcNow().UtcDateTime - LocalContentStore.PartialLifetime - TimeSpan.FromMinutes(1));
        Open();
        Assert.False(File.Exists(partial));
    }

    [Fact]
    public async Task A_damaged_document_is_not_believed()
    {
        Digest digest = await Store.WriteAsync("{}"u8.ToArray(), CancellationToken.None);
        await File.WriteAllTextAsync(_scratch.File($"blobs/sha256/{digest.Hex}"), "{ }");
        Assert.Throws<InvalidDataException>(() => Store.ReadAll(digest));
    }

    private LocalContentStore Open() => new(_scratch.Path, _synchronized.Add, TimeProvider.System);
}
