"""The output of `cdk synth`: assemblies, assets, nested stacks and stages. Pure."""
