"""AWS adapters: S3, DynamoDB, SNS, IoT. Each stands behind a port of `lineside`."""
