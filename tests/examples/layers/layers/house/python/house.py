NAME = "The Corner Shop"
