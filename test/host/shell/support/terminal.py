# Runs a program in a terminal of its own, and types into it. stdin: {cmd, env, columns, seconds, steps: [{wait} | {type} | {pause}]}, as JSON.
# `wait` goes on when the program has written that, behind what was waited for before. stdout: {output, code, missing}, as JSON.
import fcntl, json, os, pty, select, struct, sys, termios, time

spec = json.load(sys.stdin)
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, spec["columns"], 0, 0))
    os.execvpe(spec["cmd"][0], spec["cmd"], spec["env"])

output = b""


def read():
    """False when the program has closed its terminal."""
    global output
    ready, _, _ = select.select([fd], [], [], 0.1)
    if not ready:
        return True
    try:
        data = os.read(fd, 65536)
    except OSError:
        return False
    output += data
    return data != b""


def until(is_done):
    end = time.monotonic() + spec["seconds"]
    while not is_done():
        if time.monotonic() > end or not read():
            return is_done()
    return True


seen = 0
missing = None
for step in spec["steps"]:
    if "pause" in step:
        time.sleep(step["pause"])
        continue
    if "type" in step:
        os.write(fd, step["type"].encode())
        continue
    text = step["wait"].encode()
    if not until(lambda: output.find(text, seen) >= 0):
        missing = step["wait"]
        break
    seen = output.find(text, seen) + len(text)

if missing is None:
    until(lambda: False)
end = time.monotonic() + 5
code = None
while code is None and time.monotonic() < end:
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        code = os.waitstatus_to_exitcode(status)
    else:
        time.sleep(0.01)
if code is None:
    os.kill(pid, 9)
json.dump({"output": output.decode(errors="replace"), "code": code, "missing": missing}, sys.stdout)
