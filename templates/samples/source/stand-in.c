/* Stands in for a program that a laboratory does not have. See README.md beside the built samples.
   Links no C runtime, so that it stays small and its start is fast. */
#include <windows.h>

#define FAILED_TO_INSTALL 1603
#define TEXT_MAX 32767

static WCHAR own_path[TEXT_MAX], folder[TEXT_MAX], node[TEXT_MAX], shim[TEXT_MAX], line[TEXT_MAX], answer[TEXT_MAX];

static void write_all(DWORD stream, const char *bytes, DWORD length)
{
    DWORD written;
    WriteFile(GetStdHandle(stream), bytes, length, &written, NULL);
}

static WCHAR *append(WCHAR *end, const WCHAR *limit, const WCHAR *text)
{
    while (*text && end < limit) *end++ = *text++;
    *end = 0;
    return end;
}

/* The command line after the program's own name, exactly as the caller wrote it. */
static const WCHAR *arguments(void)
{
    const WCHAR *at = GetCommandLineW();
    if (*at == L'"') {
        for (at++; *at && *at != L'"'; at++) { }
        if (*at) at++;
    } else {
        while (*at && *at != L' ' && *at != L'\t') at++;
    }
    while (*at == L' ' || *at == L'\t') at++;
    return at;
}

static const WCHAR *own_name(void)
{
    const WCHAR *name = own_path;
    GetModuleFileNameW(NULL, own_path, TEXT_MAX);
    for (const WCHAR *at = own_path; *at; at++)
        if (*at == L'\\') name = at + 1;
    return name;
}

static int is_forbidden_in_names(WCHAR character)
{
    for (const WCHAR *at = L"/\\:*?\"<>|"; *at; at++)
        if (*at == character) return 1;
    return 0;
}

/* Where the answer to this very command line would lie: "<folder>\<name> <arguments>.txt". */
static void name_answer(const WCHAR *name, const WCHAR *tail)
{
    const WCHAR *limit = answer + TEXT_MAX - 8;
    WCHAR *end = append(append(answer, limit, folder), limit, L"\\");
    WCHAR *start = end;
    end = append(end, limit, name);
    if (end - start > 4 && lstrcmpiW(end - 4, L".exe") == 0) end -= 4;
    end = append(end, limit, *tail ? L" " : L"");
    start = end;
    end = append(end, limit, tail);
    for (; start < end; start++)
        if (is_forbidden_in_names(*start)) *start = L'_';
    append(end, answer + TEXT_MAX - 1, L".txt");
}

static int answered_from_file(void)
{
    static char block[16384];
    DWORD length;
    HANDLE file = CreateFileW(answer, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return 0;
    while (ReadFile(file, block, sizeof block, &length, NULL) && length > 0) write_all(STD_OUTPUT_HANDLE, block, length);
    CloseHandle(file);
    return 1;
}

static DWORD run_shim(const WCHAR *name, const WCHAR *tail)
{
    static STARTUPINFOW startup;
    PROCESS_INFORMATION process;
    DWORD code = FAILED_TO_INSTALL;
    const WCHAR *limit = line + TEXT_MAX - 1;
    const WCHAR *parts[] = { L"\"", node, L"\" \"", shim, L"\" \"", name, L"\" ", tail };
    WCHAR *end = line;
    for (int i = 0; i < 8; i++) end = append(end, limit, parts[i]);
    startup.cb = sizeof startup;
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    startup.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    if (!CreateProcessW(node, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process)) {
        static const char text[] = "This stand-in could not start the program that SCIM_SETUP_LAB_NODE names.\r\n";
        write_all(STD_ERROR_HANDLE, text, sizeof text - 1);
        return code;
    }
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    return code;
}

void entry(void)
{
    static const char refusal[] =
        "This is a stand-in of the samples of scim-setup, not Microsoft's program: it installs nothing.\r\n";
    const WCHAR *name = own_name();
    const WCHAR *tail = arguments();
    if (GetEnvironmentVariableW(L"SCIM_SETUP_LAB_ANSWERS", folder, TEXT_MAX)) {
        name_answer(name, tail);
        if (answered_from_file()) ExitProcess(0);
    }
    if (GetEnvironmentVariableW(L"SCIM_SETUP_LAB_NODE", node, TEXT_MAX) &&
        GetEnvironmentVariableW(L"SCIM_SETUP_LAB_SHIM", shim, TEXT_MAX))
        ExitProcess(run_shim(name, tail));
    write_all(STD_ERROR_HANDLE, refusal, sizeof refusal - 1);
    ExitProcess(FAILED_TO_INSTALL);
}
