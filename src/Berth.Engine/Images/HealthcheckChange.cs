using System.Globalization;
using Berth.Api.Containers;
using Berth.Dockerfile;

namespace Berth.Engine.Images;

/// <summary><c>HEALTHCHECK</c>: flags, then NONE or CMD with a command. BuildKit: frontend/dockerfile/instructions/parse.go, parseHealthcheck.</summary>
internal static class HealthcheckChange
{
    public static HealthConfig Parse(ChangeInstruction instruction)
    {
        int end = instruction.Rest.AsSpan().IndexOfAny(' ', '\t');
        string type = (end < 0 ? instruction.Rest : instruction.Rest[..end]).ToUpperInvariant();
        string command = end < 0 ? "" : instruction.Rest[end..].Trim();
        return type switch
        {
            "" => throw new SyntaxException("HEALTHCHECK requires at least one argument"),
            "NONE" => command.Length == 0
                ? new HealthConfig { Test = ["NONE"] } : throw new SyntaxException("HEALTHCHECK NONE takes no arguments"),
            "CMD" => new HealthConfig
            {
                Test = Test(command),
                Interval = Duration(instruction, "interval"),
                Timeout = Duration(instruction, "timeout"),
                StartPeriod = Duration(instruction, "start-period"),
                StartInterval = Duration(instruction, "start-interval"),
                Retries = Retries(instruction),
            },
            _ => throw new SyntaxException($"Unknown type \"{type}\" in HEALTHCHECK (try CMD)"),
        };
    }

    private static IReadOnlyList<string> Test(string command)
    {
        if (command.Length == 0)
        {
            throw new SyntaxException("Missing command after HEALTHCHECK CMD");
        }

        return ChangeInstruction.TryJson(command) is { } json ? ["CMD", .. json] : ["CMD-SHELL", command];
    }

    private static long Duration(ChangeInstruction instruction, string flag)
    {
        if (!instruction.Flags.TryGetValue(flag, out string? text))
        {
            return 0;
        }

        long nanoseconds = GoDuration.TryParse(text, out long parsed) ? parsed : throw new SyntaxException($"time: invalid duration \"{text}\"");
        return nanoseconds is 0 or >= 1_000_000 ? nanoseconds : throw new SyntaxException($"Interval \"{flag}\" cannot be less than 1ms");
    }

    private static long Retries(ChangeInstruction instruction)
    {
        if (!instruction.Flags.TryGetValue("retries", out string? text))
        {
            return 0;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int retries)
            ? retries >= 0 ? retries : throw new SyntaxException($"--retries cannot be negative ({retries})")
            : throw new SyntaxException($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }
}
