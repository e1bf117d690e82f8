using Berth.Oci;
using Berth.Registry.Storage;

namespace Berth.Registry.Tests.Storage;

public abstract partial class RegistryStorageContract
{
    [Fact]
    public async Task An_upload_begun_for_one_algorithm_can_be_committed_by_the_other()
    {
        byte[] content = "either"u8.ToArray();
        var digest = Digest.FromSha512(System.Security.Cryptography.SHA512.HashData(content));
        Upload upload = Storage.BeginUpload("a", "sha256");
        await WriteAsync(upload, content);
        upload.Commit(digest);

        Assert.Equal("either", ReadAll("a", digest));
    }

    [Fact]
    public async Task Content_of_another_digest_is_refused_and_leaves_nothing()
    {
        Upload upload = Storage.BeginUpload("a", "sha256");
        await WriteAsync(upload, "other"u8.ToArray());

        RegistryFailure failure = Assert.Throws<RegistryFailure>(() => upload.Commit(Digest.Of("wanted"u8)));

        Assert.Equal("DIGEST_INVALID", failure.Fault.Code);
        Assert.Null(Storage.SizeOfBlob("a", Digest.Of("wanted"u8)));
        Assert.Null(Storage.SizeOfBlob("a", Digest.Of("other"u8)));
        Assert.Null(Storage.FindUpload("a", upload.Id));
    }

    [Fact]
    public async Task An_upload_is_found_in_its_repository_until_it_is_over()
    {
        Upload upload = Storage.BeginUpload("a", "sha256");
        await WriteAsync(upload, "12345"u8.ToArray());

        Assert.Equal(5, Storage.FindUpload("a", upload.Id)?.Length);
        Assert.Null(Storage.FindUpload("b", upload.Id));
        Assert.Null(Storage.FindUpload("a", "../../etc/passwd"));
        Assert.Null(Storage.FindUpload("a", Guid.NewGuid().ToString("N")));

        upload.Commit(Digest.Of("12345"u8));
        Assert.Null(Storage.FindUpload("a", upload.Id));
    }

    [Fact]
    public async Task A_cancelled_upload_is_gone_for_whoever_waits_for_it()
    {
        Upload upload = Storage.BeginUpload("a", "sha256");
        Task<IDisposable?> waiting;
        using (await upload.TakeTurnAsync(CancellationToken.None))
        {
            waiting = upload.TakeTurnAsync(CancellationToken.None).AsTask();
            Assert.False(waiting.IsCompleted);
            upload.Cancel();
        }

        Assert.Null(await waiting.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Null(Storage.FindUpload("a", upload.Id));
    }

    [Fact]
    public async Task A_truncated_upload_goes_on_from_there()
    {
        Upload upload = Storage.BeginUpload("a", "sha256");
        await WriteAsync(upload, "good"u8.ToArray());
        await WriteAsync(upload, "bad"u8.ToArray());
        upload.TruncateTo(4);
        await WriteAsync(upload, " end"u8.ToArray());
        upload.Commit(Digest.Of("good end"u8));

        Assert.Equal("good end", ReadAll("a", Digest.Of("good end"u8)));
    }
}
