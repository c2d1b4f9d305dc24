# The first process of a container: it starts the runtime whenever devserve says so, and ends with devserve.
#
# It reads shell commands from its standard input, which is the line to devserve. When that line ends, however devserve
# ended, the container does. As process 1 it cannot be killed from inside, and it reaps whatever loses its parent.
# The commands run in a shell of their own: when a function kills everything it can reach, that one dies too, and the
# next `ready` tells.  4: what is said to devserve   5: what devserve says   6: the container's own output
exec 4>&1 5<&0 6>&2 </dev/null >/dev/null 2>&1
while :; do
    echo ready >&4
    sh -s <&5
    [ "$?" -gt 128 ] || exit 0
done
