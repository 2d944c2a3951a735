import os
import socket

os.makedirs("out/deep")
os.symlink("/etc/passwd", "out/passwd")
os.symlink("..", "out/up")
os.symlink("plain.txt", "out/alias")
os.mkfifo("out/pipe")
socket.socket(socket.AF_UNIX).bind("out/socket")
for name in (b"out/line\nbreak", b"out/\x1b[31mred", b"out/back\\slash", b"out/\xff\xfe", b"out/right\xe2\x80\xaeleft"):
    with open(name, "wb") as file:
        file.write(b"hidden")
for name in ("plain.txt", "deep/a b?c#d.txt", "%2e%2e", "...", "é <b>.html", "-rf", "'\";$(id).txt"):
    with open("out/" + name, "w") as file:
        file.write(name)
