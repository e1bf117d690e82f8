using System.Text;
using Berth.Oci;
using Berth.Registry.Storage;

namespace Berth.Registry.Tests.Storage;

public abstract partial class RegistryStorageContract
{
    [Fact]
    public async Task A_committed_upload_is_a_blob_of_its_repository_alone()
    {
        Digest digest = await AddBlobAsync("a/b", "hello"u8.ToArray());

        Assert.Equal(5, Storage.SizeOfBlob("a/b", digest));
        Assert.Equal("hello", ReadAll("a/b", digest));
        Assert.Null(Storage.SizeOfBlob("a", digest));
        Assert.Null(Storage.OpenBlob("a/c", digest));
    }

    [Fact]
    public async Task An_empty_blob_is_a_blob()
    {
        Digest digest = await AddBlobAsync("a", []);

        Assert.Equal(0, Storage.SizeOfBlob("a", digest));
        Assert.Equal("", ReadAll("a", digest));
    }

    [Fact]
    public async Task A_sha512_blob_is_found_by_its_own_digest_only()
    {
        byte[] content = "512"u8.ToArray();
        var digest = Digest.FromSha512(System.Security.Cryptography.SHA512.HashData(content));
        Upload upload = Storage.BeginUpload("a", "sha512");
        await WriteAsync(upload, content);
        upload.Commit(digest);

        Assert.Equal("512", ReadAll("a", digest));
        Assert.Null(Storage.OpenBlob("a", Digest.Of(content)));
    }

    [Fact]
    public async Task A_mount_gives_a_repository_the_blob_of_another()
    {
        Digest digest = await AddBlobAsync("a", "shared"u8.ToArray());

        Assert.True(Storage.MountBlob("b", digest, "a"));
        Assert.True(Storage.MountBlob("b", digest, "a"));
        Assert.True(Storage.DeleteBlob("a", digest));
        Assert.Equal("shared", ReadAll("b", digest));
        Assert.Null(Storage.OpenBlob("a", digest));
    }

    [Fact]
    public async Task A_mount_from_anywhere_finds_what_some_repository_has()
    {
        Digest digest = await AddBlobAsync("a", "anywhere"u8.ToArray());

        Assert.True(Storage.MountBlob("b", digest, from: null));
        Assert.Equal("anywhere", ReadAll("b", digest));
    }

    [Fact]
    public async Task Nothing_is_mounted_that_is_not_there()
    {
        Digest digest = await AddBlobAsync("a", "mine"u8.ToArray());

        Assert.False(Storage.MountBlob("b", digest, "c"));
        Assert.False(Storage.MountBlob("b", Digest.Of("never"u8), from: null));
        Assert.Null(Storage.SizeOfBlob("b", digest));
    }

    [Fact]
    public async Task A_deleted_blob_comes_back_by_no_way()
    {
        Digest digest = await AddBlobAsync("a", "secret"u8.ToArray());

        Assert.True(Storage.DeleteBlob("a", digest));

        Assert.False(Storage.DeleteBlob("a", digest));
        Assert.Null(Storage.OpenBlob("a", digest));
        Assert.False(Storage.MountBlob("b", digest, from: null));
        Assert.False(Storage.MountBlob("b", digest, "a"));
    }

    [Fact]
    public async Task A_deleted_blob_can_be_pushed_again()
    {
        Digest digest = await AddBlobAsync("a", "again"u8.ToArray());
        Storage.DeleteBlob("a", digest);
        await AddBlobAsync("a", "again"u8.ToArray());

        Assert.Equal("again", ReadAll("a", digest));
    }

    [Fact]
    public async Task An_open_blob_stays_readable_when_it_is_deleted()
    {
        Digest digest = await AddBlobAsync("a", "still here"u8.ToArray());
        using BlobReader reader = Storage.OpenBlob("a", digest)!;
        Storage.DeleteBlob("a", digest);

        byte[] buffer = new byte[10];
        Assert.Equal(10, reader.Read(0, buffer));
        Assert.Equal("still here", Encoding.UTF8.GetString(buffer));
    }

    [Fact]
    public async Task Many_pushes_at_once_of_the_same_blob_make_one()
    {
        byte[] content = new byte[100_000];
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => AddBlobAsync($"r{i % 3}", content))));

        Assert.All((string[])["r0", "r1", "r2"], repository => Assert.Equal(100_000, Storage.SizeOfBlob(repository, Digest.Of(content))));
    }
}
