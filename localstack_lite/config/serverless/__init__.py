"""Projects of the Serverless Framework: `serverless.yml` becomes a CloudFormation template. Pure."""
