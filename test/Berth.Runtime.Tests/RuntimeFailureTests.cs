using Berth.Runtime.Shim;

namespace Berth.Runtime.Tests;

/// <summary>The logs are those of crun 1.8.1 and runc 1.1.5; the sentences are those of Docker 28 with runc 1.2.</summary>
public sealed class RuntimeFailureTests
{
    private const string Create = "failed to create shim task: OCI runtime create failed: ";

    [Theory]
    [InlineData("executable file `nosuch` not found in $PATH: No such file or directory", "nosuch", 127, "exec: \"nosuch\": executable file not found in $PATH")]
    [InlineData("executable file `/x` not found in $PATH: No such file or directory", "/x", 127, "exec: \"/x\": stat /x: no such file or directory")]
    [InlineData("executable file `./n` not found in $PATH: No such file or directory", "./n", 127, "exec: \"./n\": stat ./n: no such file or directory")]
    [InlineData("open executable: Permission denied", "/noexec", 126, "exec: \"/noexec\": permission denied")]
    [InlineData("open executable: Operation not permitted", "/", 126, "exec: \"/\": is a directory")]
    [InlineData("open executable: Operation not permitted", "", 127, "exec: \"\": executable file not found in $PATH")]
    [InlineData("runc run failed: unable to start container process: exec: \"nosuch\": executable file not found in $PATH", "nosuch", 127, "exec: \"nosuch\": executable file not found in $PATH")]
    [InlineData("runc run failed: unable to start container process: exec: \"/x\": stat /x: no such file or directory", "/x", 127, "exec: \"/x\": stat /x: no such file or directory")]
    [InlineData("runc run failed: unable to start container process: exec: \"/noexec\": permission denied", "/noexec", 126, "exec: \"/noexec\": permission denied")]
    [InlineData("runc run failed: unable to start container process: error during container init: exec: \"/\": is a directory", "/", 126, "exec: \"/\": is a directory")]
    public void A_command_at_fault_is_named_with_dockers_words_and_code(string message, string command, int code, string sentence)
    {
        RuntimeFailureException failure = RuntimeFailure.OfCreate(Log(message), () => command);
        Assert.Equal($"{Create}runc create failed: unable to start container process: error during container init: {sentence}: unknown", failure.Message);
        Assert.Equal(code, failure.ExitCode);
    }

    [Theory]
    [InlineData("executable file `nosuch` not found in $PATH: No such file or directory", 127, "exec: \"nosuch\": executable file not found in $PATH")]
    [InlineData("open executable: Permission denied", 126, "exec: \"nosuch\": permission denied")]
    [InlineData("exec failed: unable to start container process: exec: \"nosuch\": executable file not found in $PATH", 127, "exec: \"nosuch\": executable file not found in $PATH")]
    [InlineData("exec failed: unable to start container process: chdir to cwd (\"/nodir\") set in config.json failed: no such file or directory", 128, "chdir to cwd (\"/nodir\") set in config.json failed: no such file or directory")]
    [InlineData("chdir `/nodir`: No such file or directory", 128, "chdir to cwd (\"/nodir\") set in config.json failed: no such file or directory")]
    public void An_exec_says_it_in_its_own_way(string message, int code, string sentence)
    {
        RuntimeFailureException failure = RuntimeFailure.OfExec(Log(message), () => "nosuch");
        Assert.Equal($"OCI runtime exec failed: exec failed: unable to start container process: {sentence}: unknown", failure.Message);
        Assert.Equal(code, failure.ExitCode);
    }

    [Theory]
    [InlineData("error stat'ing file `/nonexist`: No such file or directory", "error stat'ing file `/nonexist`: No such file or directory")]
    [InlineData(
        "runc run failed: unable to start container process: error during container init: error mounting \"/nonexist\" to rootfs at \"/mnt\": stat /nonexist: no such file or directory",
        "runc create failed: unable to start container process: error during container init: error mounting \"/nonexist\" to rootfs at \"/mnt\": stat /nonexist: no such file or directory")]
    public void What_is_not_the_commands_fault_is_128_and_told_as_it_is(string message, string sentence)
    {
        RuntimeFailureException failure = RuntimeFailure.OfCreate(Log(message), () => throw new InvalidOperationException("not asked for"));
        Assert.Equal($"{Create}{sentence}: unknown", failure.Message);
        Assert.Equal(128, failure.ExitCode);
    }

    [Fact]
    public void The_last_error_counts_and_neither_a_warning_behind_it_nor_a_cut_line_before_it() =>
        Assert.Equal("second", RuntimeFailure.LastError(
            "g\":\"cut\"}\n{\"level\":\"error\",\"msg\":\"first\"}\n{\"level\":\"error\",\"msg\":\"second\"}\n{\"level\":\"warning\",\"msg\":\"third\"}\n"));

    [Fact]
    public void A_runtime_that_logs_no_json_is_quoted() =>
        Assert.Equal("boom", RuntimeFailure.LastError("something\nboom\n"));

    private static ShimFailure Log(string message) => new(
        IsRuntimeLog: true,
        System.Text.Json.JsonSerializer.Serialize(new { msg = message, level = "error", time = "2026-11-24T04:09:45Z" }) + "\n");
}
