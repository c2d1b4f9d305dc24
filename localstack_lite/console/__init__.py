"""devserve's own pages and their JSON, below `/_devserve/` on the Lambda port.

`hosts` says who may ask, `views` what is answered (values in, responses out), `serve` joins them with the running
project. `static/` is plain HTML, CSS and one ES module; it loads nothing from anywhere else.
"""
