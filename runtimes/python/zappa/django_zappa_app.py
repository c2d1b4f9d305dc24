"""What Zappa puts beside Django projects in their packages: the project's WSGI application, set up by its settings."""

import os
import sys

sys.path.append("/var/task")


def get_django_wsgi(settings_module):
    from django.core import wsgi

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module)
    return wsgi.get_wsgi_application()
