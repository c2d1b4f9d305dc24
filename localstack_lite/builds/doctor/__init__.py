"""Will it run on Lambda? What `devserve doctor` says about a function, and the few warnings of every start.

`reading` looks at files: sources (`source`), installed packages (`distributions`). `settings_files` looks at Django's
settings (`django_settings`). Rules are pure: `code_rules`, `django_rules`, `package_rules`; `graph` says which files
run at all. `checkup` joins them into `finding`s, `quick` those that cost nothing. Nothing of the user's is ever
imported or run.
"""
