using System.Buffers.Binary;

namespace Berth.Engine.Tests.Containers.Security;

/// <summary>Runs a seccomp program as the kernel would. Source: kernel, networking/filter.rst and seccomp_filter.rst; linux/bpf_common.h.</summary>
internal static class BpfMachine
{
    public const uint X86_64 = 0xC000003E;

    /// <returns>The action that the program comes to.</returns>
    public static uint Run(ReadOnlySpan<byte> program, uint architecture, int number, params ulong[] arguments)
    {
        // struct seccomp_data: nr, arch, instruction pointer, six arguments
        byte[] data = new byte[64];
        BinaryPrimitives.WriteInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4), architecture);
        for (int i = 0; i < arguments.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(16 + (8 * i)), arguments[i]);
        }

        uint accumulator = 0;
        for (int counter = 0; ; counter++)
        {
            ReadOnlySpan<byte> instruction = program.Slice(counter * 8, 8);
            ushort code = BinaryPrimitives.ReadUInt16LittleEndian(instruction);
            byte whenTrue = instruction[2], whenFalse = instruction[3];
            uint constant = BinaryPrimitives.ReadUInt32LittleEndian(instruction[4..]);
            switch (code)
            {
                case 0x20: // load a word
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)constant));
                    break;
                case 0x54: // and
                    accumulator &= constant;
                    break;
                case 0x05: // jump
                    counter += (int)constant;
                    break;
                case 0x15: // jump if equal
                    counter += accumulator == constant ? whenTrue : whenFalse;
                    break;
                case 0x25: // jump if greater
                    counter += accumulator > constant ? whenTrue : whenFalse;
                    break;
                case 0x35: // jump if greater or equal
                    counter += accumulator >= constant ? whenTrue : whenFalse;
                    break;
                case 0x06: // return
                    return constant;
                default:
                    throw new InvalidOperationException($"instruction {code:x} at {counter}");
            }
        }
    }
}
