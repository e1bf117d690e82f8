using System.Text.Json;
using Berth.Api;
using Berth.Api.Containers;
using Berth.Client.Http;

namespace Berth.Client;

public sealed partial class BerthClient
{
    /// <param name="limit">How many of the newest, running or not; 0 or less for no limit.</param>
    public IReadOnlyList<ContainerSummary> ListContainers(bool all = false, int limit = 0, bool size = false, Filters? filters = null) =>
        Get("/containers/json" + new QueryString().Add("all", all).Add("filters", filters)
            .Add("limit", limit > 0 ? limit : (long?)null).Add("size", size), ApiJson.Default.IReadOnlyListContainerSummary);

    public ContainerCreateResponse CreateContainer(ContainerCreateRequest request, CreateOptions? options = null) =>
        Read(SendJson("POST", "/containers/create" + new QueryString().Add("name", options?.Name).Add("platform", options?.Platform),
            RequestJson.Write(request)), ApiJson.Default.ContainerCreateResponse);

    public ContainerInspect InspectContainer(string id) =>
        Get($"/containers/{Escape(id)}/json", ApiJson.Default.ContainerInspect);

    /// <summary>The answer as the daemon wrote it, with whatever a newer one adds.</summary>
    public JsonElement InspectContainerRaw(string id, bool size = false) =>
        GetRaw($"/containers/{Escape(id)}/json" + new QueryString().Add("size", size));

    /// <returns>False where it was running already.</returns>
    public bool StartContainer(string id) => WasDone(Send("POST", $"/containers/{Escape(id)}/start"));

    /// <param name="timeoutSeconds">Null for the container's own; -1 to wait without end.</param>
    /// <returns>False where it had stopped already.</returns>
    public bool StopContainer(string id, int? timeoutSeconds = null, string? signal = null) =>
        WasDone(Send("POST", $"/containers/{Escape(id)}/stop" + new QueryString().Add("t", timeoutSeconds).Add("signal", signal)));

    private static bool WasDone(HttpResponse response)
    {
        bool done = response.Head.Status != 304;
        Finish(response);
        return done;
    }

    public void RestartContainer(string id, int? timeoutSeconds = null, string? signal = null) =>
        Do("POST", $"/containers/{Escape(id)}/restart" + new QueryString().Add("t", timeoutSeconds).Add("signal", signal));

    /// <param name="signal">A name or a number; null for SIGKILL.</param>
    public void KillContainer(string id, string? signal = null) =>
        Do("POST", $"/containers/{Escape(id)}/kill" + new QueryString().Add("signal", signal));

    public void RemoveContainer(string id, bool force = false, bool volumes = false, bool link = false) =>
        Do("DELETE", $"/containers/{Escape(id)}" + new QueryString().Add("force", force).Add("link", link).Add("v", volumes));

    public void PauseContainer(string id) => Do("POST", $"/containers/{Escape(id)}/pause");

    public void UnpauseContainer(string id) => Do("POST", $"/containers/{Escape(id)}/unpause");

    public void RenameContainer(string id, string newName) =>
        Do("POST", $"/containers/{Escape(id)}/rename" + new QueryString().Add("name", newName));

    public void ResizeContainer(string id, int rows, int columns) =>
        Do("POST", $"/containers/{Escape(id)}/resize" + new QueryString().Add("h", rows).Add("w", columns));

    /// <param name="psArguments">Options of <c>ps</c>; null for the daemon's choice.</param>
    public ContainerTop TopContainer(string id, string? psArguments = null) =>
        Get($"/containers/{Escape(id)}/top" + new QueryString().Add("ps_args", psArguments), ApiJson.Default.ContainerTop);

    /// <summary>Registers the wait and returns once the daemon has it, so that an exit that follows is not missed.</summary>
    /// <param name="condition"><c>not-running</c>, <c>next-exit</c>, <c>removed</c>; null for the first.</param>
    /// <remarks>The daemon sends its head at once and the body at the exit (API 1.30).</remarks>
    public PendingWait BeginWait(string id, string? condition = null) =>
        new(Send("POST", $"/containers/{Escape(id)}/wait" + new QueryString().Add("condition", condition)));

    public ContainerWait WaitContainer(string id, string? condition = null)
    {
        using PendingWait wait = BeginWait(id, condition);
        return wait.Result();
    }

    public HijackedStream AttachContainer(string id, AttachOptions options) =>
        Hijack(Send("POST", $"/containers/{Escape(id)}/attach" + new QueryString().Add("detachKeys", options.DetachKeys)
            .Add("logs", options.Logs).Add("stderr", options.Stderr).Add("stdin", options.Stdin).Add("stdout", options.Stdout)
            .Add("stream", true), headers: s_upgrade));

    /// <summary>The log as a stream of frames, or of plain bytes where the container has a terminal.</summary>
    public ContainerOutput ContainerLogs(string id, LogsOptions options) =>
        new(Send("GET", $"/containers/{Escape(id)}/logs" + new QueryString().Add("details", options.Details).Add("follow", options.Follow)
            .Add("since", options.Since).Add("stderr", true).Add("stdout", true).Add("tail", options.Tail)
            .Add("timestamps", options.Timestamps).Add("until", options.Until)));

    public string CreateExec(string containerId, ExecCreateRequest request) =>
        Read(SendJson("POST", $"/containers/{Escape(containerId)}/exec", request, ApiJson.Default.ExecCreateRequest),
            ApiJson.Default.IdResponse).Id;

    /// <summary>Starts it and takes its streams.</summary>
    public HijackedStream StartExec(string execId, ExecStartRequest request) =>
        Hijack(SendJson("POST", $"/exec/{Escape(execId)}/start", request, ApiJson.Default.ExecStartRequest,
            ("Connection", "Upgrade"), ("Upgrade", "tcp")));

    public void StartExecDetached(string execId, ExecStartRequest request) =>
        Finish(SendJson("POST", $"/exec/{Escape(execId)}/start", request with { Detach = true }, ApiJson.Default.ExecStartRequest));

    public ExecInspect InspectExec(string execId) => Get($"/exec/{Escape(execId)}/json", ApiJson.Default.ExecInspect);

    public void ResizeExec(string execId, int rows, int columns) =>
        Do("POST", $"/exec/{Escape(execId)}/resize" + new QueryString().Add("h", rows).Add("w", columns));

    /// <returns>The id of the new image.</returns>
    public string CommitContainer(string id, CommitOptions options)
    {
        QueryString query = new QueryString().Add("author", options.Author).AddEach("changes", options.Changes)
            .Add("comment", options.Comment).Add("container", id);
        query = options.Pause ? query : query.Add("pause", "0");
        return Read(Send("POST", "/commit" + query.Add("repo", options.Repository).Add("tag", options.Tag), "null"u8.ToArray(), null,
            ("Content-Type", "application/json")), ApiJson.Default.IdResponse).Id;
    }
}
