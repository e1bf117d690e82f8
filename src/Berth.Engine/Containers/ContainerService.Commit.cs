using Berth.Api;
using Berth.Api.Containers;
using Berth.Engine.Images;
using Berth.Oci;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <remarks>moby 28: daemon/commit.go, CreateImageFromContainer.</remarks>
    /// <returns>The new image's ID.</returns>
    public async Task<IdResponse> CommitAsync(ContainerCommitRequest request, CancellationToken ct)
    {
        Container container = _table.Get(request.Container);
        switch (container.State.Status)
        {
            case ContainerStatus.Dead:
                throw StreamErrors.CommitOfDead(container.Id);
            case ContainerStatus.Removing:
                throw StreamErrors.CommitOfRemoving(container.Id);
        }

        ContainerSpec spec = container.Spec;
        ContainerConfig config = CommittedConfig.Of(request, spec.Config);
        bool pause = request.Pause && container.State.Status is ContainerStatus.Running;
        if (pause)
        {
            await PauseAsync(container.Id, ct).ConfigureAwait(false);
        }

        string imageId;
        try
        {
            imageId = await _images.CommitAsync(new CommitRequest
            {
                ContainerId = container.Id,
                ParentImageId = spec.ImageId.Length == 0 ? null : Digest.Parse(spec.ImageId),
                Config = config,
                Repository = request.Repository,
                Tag = request.Tag,
                Author = request.Author,
                Comment = request.Comment,
                CreatedBy = string.Join(' ', spec.Config.Cmd ?? []),
            }, ct).ConfigureAwait(false);
        }
        finally
        {
            if (pause)
            {
                // whoever asked may be gone: the container must not stay frozen
                await ResumeAfterCommitAsync(container).ConfigureAwait(false);
            }
        }

        string reference = string.IsNullOrEmpty(request.Repository) ? ""
            : string.IsNullOrEmpty(request.Tag) ? $"{request.Repository}:latest" : $"{request.Repository}:{request.Tag}";
        _events.Publish(container, "commit",
            new KeyValuePair<string, string>("comment", request.Comment ?? ""),
            new KeyValuePair<string, string>("imageID", imageId),
            new KeyValuePair<string, string>("imageRef", reference));
        return new IdResponse { Id = imageId };
    }

    private async Task ResumeAfterCommitAsync(Container container)
    {
        try
        {
            await UnpauseAsync(container.Id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (EngineException) when (container.State.Status is not ContainerStatus.Paused)
        {
            // killed or unpaused by somebody else meanwhile
        }
    }
}
